/** The filter language of queries: its syntax, its meaning, and the order of names (spec/confd §7). */
@NullMarked
package org.msgr2.confd.luxi.filter;

import org.jspecify.annotations.NullMarked;
