package org.msgr2.confd.calls;

import org.msgr2.confd.watch.WatchLimits;

/**
 * The bounds of confd's calls, in one place.
 *
 * @param answerBytesMax the longest answer in one piece; below {@code Limits.Calls.payloadBytesMax} of both ends
 * @param pieceBytes of a longer answer, or of an event: about that many at once
 * @param largeBytesMax of longer answers that wait for their callers, together
 * @param watchersMax watches at the same time
 * @param watch what is kept for those that come back
 */
public record ConfdCallLimits(
        int answerBytesMax, int pieceBytes, long largeBytesMax, int watchersMax, WatchLimits watch) {
    public static final ConfdCallLimits DEFAULTS =
            new ConfdCallLimits(1 << 20, 256 << 10, 512L << 20, 10_000, WatchLimits.DEFAULTS);

    public ConfdCallLimits {
        if (answerBytesMax <= 0 || pieceBytes <= 0 || largeBytesMax <= 0 || watchersMax <= 0) {
            throw new IllegalArgumentException("a bound of the calls is not positive");
        }
    }

    public ConfdCallLimits withPieces(int answerMax, int piece) {
        return new ConfdCallLimits(answerMax, piece, largeBytesMax, watchersMax, watch);
    }

    public ConfdCallLimits withWatch(WatchLimits other) {
        return new ConfdCallLimits(answerBytesMax, pieceBytes, largeBytesMax, watchersMax, other);
    }
}
