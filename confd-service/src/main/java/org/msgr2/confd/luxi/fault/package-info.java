/** What a call can end in instead of an answer (spec/confd §7). */
@NullMarked
package org.msgr2.confd.luxi.fault;

import org.jspecify.annotations.NullMarked;
