/**
 * Confd's own wire: signed datagrams of JSON in JSON (spec/confd §1). Decoders and encoders of both directions, without a
 * socket or a clock. What a datagram asks is a {@link org.msgr2.confd.wire.Request}, or a
 * {@link org.msgr2.confd.wire.Rejection} that is met with silence.
 */
@NullMarked
package org.msgr2.confd.wire;

import org.jspecify.annotations.NullMarked;
