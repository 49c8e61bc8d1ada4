package org.msgr2.confd.wire;

/**
 * The bounds of the wire, in one place (spec/confd §1, §1.2).
 *
 * @param requestBytesMax what is read of a datagram, whatever comes after it: a request that goes on there does not parse
 * @param requestBatchMax datagrams that are received together, into {@code requestBytesMax} bytes of memory each
 * @param replyBytesMax the largest datagram over IPv4; a longer reply is not sent
 * @param skewMaxS how far the clock of a client may be from ours, in seconds, inclusive
 */
public record WireLimits(int requestBytesMax, int requestBatchMax, int replyBytesMax, int skewMaxS) {
    public static final WireLimits DEFAULTS = new WireLimits(4096, 64, 65507, 300);

    public WireLimits {
        if (requestBytesMax <= 0 || requestBatchMax <= 0 || replyBytesMax <= 0 || skewMaxS < 0) {
            throw new IllegalArgumentException("a bound of the wire is not positive");
        }
    }
}
