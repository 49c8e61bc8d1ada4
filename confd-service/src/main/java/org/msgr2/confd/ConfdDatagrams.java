package org.msgr2.confd;

import java.util.function.Supplier;
import org.msgr2.confd.config.ConfigState;
import org.msgr2.confd.engine.ConfdEngine;
import org.msgr2.confd.wire.Answer;
import org.msgr2.confd.wire.ConfdKey;
import org.msgr2.confd.wire.Decoded;
import org.msgr2.confd.wire.Rejection;
import org.msgr2.confd.wire.ReplyEncoder;
import org.msgr2.confd.wire.Request;
import org.msgr2.confd.wire.RequestDecoder;
import org.msgr2.confd.wire.WireLimits;
import org.msgr2.confd.wire.WireMode;

/**
 * The server of confd's original wire without its socket: a datagram in, at most one out. It has buffers of its own, so
 * every thread needs one; counters may be shared. Not thread-safe.
 */
public final class ConfdDatagrams {
    private final Supplier<ConfigState> config;
    private final ConfdEngine engine;
    private final RequestDecoder decoder;
    private final ReplyEncoder encoder;
    private final ConfdCounters counters;

    /**
     * @param config asked once per question
     */
    public ConfdDatagrams(
            ConfdKey key,
            WireMode mode,
            WireLimits limits,
            ConfdEngine engine,
            Supplier<ConfigState> config,
            ConfdCounters counters) {
        this.config = config;
        this.engine = engine;
        this.counters = counters;
        decoder = new RequestDecoder(key, mode, limits);
        encoder = new ReplyEncoder(key, limits);
    }

    /**
     * Answers a datagram.
     *
     * @param datagram stays the caller's
     * @param nowS the wall clock, in seconds since 1970
     * @return the length of the reply in {@link #reply}; 0 is silence
     */
    public int answer(byte[] datagram, int offset, int length, long nowS) {
        Decoded decoded = decoder.decode(datagram, offset, length, nowS);
        if (decoded instanceof Rejection reason) {
            counters.countRejection(reason);
            return 0;
        }
        Request request = (Request) decoded;
        Answer answer = engine.answer(config.get(), request.type(), request.query(), request.era());
        if (!encoder.encode(answer, request.rsalt())) {
            counters.countRejection(Rejection.REPLY_SIZE);
            return 0;
        }
        counters.countAnswer(request.type(), answer.status());
        return encoder.length();
    }

    /** The last reply, at the start of an array that the next call overwrites and may replace. */
    public byte[] reply() {
        return encoder.bytes();
    }

    public ConfdCounters counters() {
        return counters;
    }
}
