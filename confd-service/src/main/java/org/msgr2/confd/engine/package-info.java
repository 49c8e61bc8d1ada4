/**
 * The answers: a pure function of a snapshot, a question and an era (spec/confd §2). No datagram, thread or clock.
 */
@NullMarked
package org.msgr2.confd.engine;

import org.jspecify.annotations.NullMarked;
