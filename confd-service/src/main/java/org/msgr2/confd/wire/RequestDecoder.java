package org.msgr2.confd.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Decides which datagrams are questions (spec/confd §1.2). The checks come in the order of {@link Rejection}, so nothing
 * of a message is looked at before its signature holds. Reuses its buffers: one per thread; not thread-safe.
 */
public final class RequestDecoder {
    private static final int PROTOCOL = 1;
    private static final int TYPE = 2;
    private static final int QUERY = 4;
    private static final int RSALT = 8;

    private final WireMode mode;
    private final WireLimits limits;
    private final Envelope envelope;
    private final boolean strict;

    public RequestDecoder(ConfdKey key, WireMode mode, WireLimits limits) {
        this.mode = mode;
        this.limits = limits;
        envelope = new Envelope(key, limits.requestBytesMax());
        strict = mode.era() == Era.V3_0;
    }

    /**
     * @param datagram stays the caller's
     * @param nowS the wall clock, in seconds since 1970
     */
    public Decoded decode(byte[] datagram, int offset, int length, long nowS) {
        try {
            envelope.read(datagram, offset, Math.min(length, limits.requestBytesMax()), strict);
            Utf8Buffer message = envelope.message();
            Request request = message(message);
            if (!inTime(envelope.salt(), nowS)) {
                return Rejection.TIME;
            }
            return request;
        } catch (Refusal e) {
            return e.reason();
        }
    }

    private Request message(Utf8Buffer message) throws Refusal {
        try (JsonParser in = WireJson.FACTORY.createParser(message.bytes(), 0, message.length())) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw Refusal.of(Rejection.MESSAGE);
            }
            Request request = members(in);
            if (in.nextToken() != null) {
                throw Refusal.of(Rejection.MESSAGE);
            }
            return request;
        } catch (IOException e) {
            throw Refusal.of(Rejection.MESSAGE);
        }
    }

    private Request members(JsonParser in) throws IOException, Refusal {
        int seen = 0;
        RequestType type = null;
        Query query = Query.NONE;
        String rsalt = "";
        Era era = mode.era();
        String name;
        while ((name = in.nextFieldName()) != null) {
            JsonToken token = in.nextToken();
            switch (name) {
                case "protocol" -> {
                    seen = first(seen, PROTOCOL);
                    demand(token == JsonToken.VALUE_NUMBER_INT);
                }
                case "type" -> {
                    seen = first(seen, TYPE);
                    type = type(in);
                }
                case "query" -> {
                    seen = first(seen, QUERY);
                    QueryReader reader = new QueryReader(in, mode);
                    query = reader.read();
                    era = reader.era();
                }
                case "rsalt" -> {
                    seen = first(seen, RSALT);
                    demand(token == JsonToken.VALUE_STRING);
                    rsalt = in.getText();
                }
                default -> {
                    demand(!strict);
                    in.skipChildren();
                }
            }
        }
        demand((seen | QUERY) == (PROTOCOL | TYPE | QUERY | RSALT));
        return request(type, query, rsalt, era);
    }

    private static RequestType type(JsonParser in) throws IOException, Refusal {
        RequestType type = RequestType.fromWire(WireNumber.of(in, -1));
        if (type == null) {
            throw Refusal.of(Rejection.TYPE);
        }
        return type;
    }

    private static Request request(@Nullable RequestType type, Query query, String rsalt, Era era) throws Refusal {
        if (type == null || !type.existsIn(era)) {
            throw Refusal.of(Rejection.TYPE);
        }
        return new Request(type, query, rsalt, era);
    }

    /** A key that comes twice is refused: which of the two was meant is anybody's guess. */
    private static int first(int seen, int key) throws Refusal {
        demand((seen & key) == 0);
        return seen | key;
    }

    private static void demand(boolean holds) throws Refusal {
        if (!holds) {
            throw Refusal.of(Rejection.MESSAGE);
        }
    }

    /** Blanks in front of the number are taken, as the real server does; no other quirk of it is. */
    private boolean inTime(Utf8Buffer salt, long nowS) {
        int at = 0;
        while (at < salt.length() && salt.bytes()[at] == ' ') {
            at++;
        }
        boolean negative = at < salt.length() && salt.bytes()[at] == '-';
        if (negative) {
            at++;
        }
        int digits = salt.length() - at;
        // 18 digits fit a long.
        if (digits < 1 || digits > 18) {
            return false;
        }
        long value = 0;
        for (; at < salt.length(); at++) {
            int digit = salt.bytes()[at] - '0';
            if (digit < 0 || digit > 9) {
                return false;
            }
            value = 10 * value + digit;
        }
        return Math.abs((negative ? -value : value) - nowS) <= limits.skewMaxS();
    }
}
