/** What the methods of the query socket do, between arguments and answers. */
@NullMarked
package org.msgr2.confd.luxi.query;

import org.jspecify.annotations.NullMarked;
