/** How counters become meters of Micrometer. Knows no counter itself. */
@NullMarked
package org.msgr2.session.metrics;

import org.jspecify.annotations.NullMarked;
