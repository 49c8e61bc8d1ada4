/** A cluster configuration as queries see it: one item per object, in natural order, parsed when a field needs it. */
@NullMarked
package org.msgr2.confd.luxi.view;

import org.jspecify.annotations.NullMarked;
