package org.msgr2.session.testing;

import org.jspecify.annotations.Nullable;
import org.msgr2.core.frame.Tag;

/**
 * A moment in the life of a connection as one end sees it, named in the protocol's own terms: where a {@link FaultTransport}
 * lets something happen (spec/msgr2 §8).
 *
 * @param place what kind of moment
 * @param tag of the frame; null if it is not about a frame
 * @param occurrence which one of its kind, from 1, over all streams of that end
 */
public record FaultPoint(Place place, @Nullable Tag tag, int occurrence) {

    /** What kinds there are. */
    public enum Place {
        /** A peer is about to be dialled. */
        CONNECT,
        /** Our banner is about to be written. */
        BANNER_WRITE,
        /** The fixed part of the peer's banner has come. */
        BANNER_READ,
        /** The rest of the peer's banner has come. */
        BANNER_PAYLOAD_READ,
        /** A frame has been made, and no byte of it is on the wire. */
        FRAME_WRITE,
        /** A frame has come, every byte of it, and nobody has looked at it. */
        FRAME_READ
    }

    /** {@link Place#CONNECT}. */
    public static final FaultPoint CONNECT = new FaultPoint(Place.CONNECT, null, 1);
    /** {@link Place#BANNER_WRITE}. */
    public static final FaultPoint BANNER_WRITE = new FaultPoint(Place.BANNER_WRITE, null, 1);
    /** {@link Place#BANNER_READ}. */
    public static final FaultPoint BANNER_READ = new FaultPoint(Place.BANNER_READ, null, 1);
    /** {@link Place#BANNER_PAYLOAD_READ}. */
    public static final FaultPoint BANNER_PAYLOAD_READ = new FaultPoint(Place.BANNER_PAYLOAD_READ, null, 1);

    /** The first such frame is about to be written. */
    public static FaultPoint write(Tag tag) {
        return new FaultPoint(Place.FRAME_WRITE, tag, 1);
    }

    /** The first such frame has come. */
    public static FaultPoint read(Tag tag) {
        return new FaultPoint(Place.FRAME_READ, tag, 1);
    }

    /** The same, but that occurrence of it, counted from when the fault is ordered. */
    public FaultPoint nth(int which) {
        return new FaultPoint(place, tag, which);
    }

    boolean isSameMoment(Place otherPlace, @Nullable Tag otherTag) {
        return place == otherPlace && tag == otherTag;
    }

    @Override
    public String toString() {
        String what = tag == null ? place.toString() : tag + (place == Place.FRAME_WRITE ? "/w" : "/r");
        return occurrence == 1 ? what : what + " no. " + occurrence;
    }
}
