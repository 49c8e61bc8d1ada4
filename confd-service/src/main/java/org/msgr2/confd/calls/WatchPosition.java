package org.msgr2.confd.calls;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.watch.Revision;
import org.msgr2.core.wire.Opaque;

/**
 * Where a watcher is; what tokens say: {@code R} is at a revision, {@code P>R+n} behind P and n values into the event that leads
 * to R.
 *
 * @param behind the revision of the last whole event; null if there is none
 * @param within the revision of the event that was begun; null if none was
 * @param told how many values of that one
 */
record WatchPosition(@Nullable Revision behind, @Nullable Revision within, int told) {
    static final WatchPosition START = new WatchPosition(null, null, 0);

    static WatchPosition at(Revision revision) {
        return new WatchPosition(revision, null, 0);
    }

    /** Null if it is no token of ours. */
    static @Nullable WatchPosition parse(Opaque token) {
        if (token.isEmpty()) {
            return START;
        }
        String text = new String(token.toByteArray(), StandardCharsets.US_ASCII);
        int from = text.indexOf('>');
        Revision behind = Revision.parse(from < 0 ? text : text.substring(0, from));
        if (from < 0) {
            return behind == null ? null : at(behind);
        }
        int plus = text.indexOf('+', from);
        Revision within = plus < 0 ? null : Revision.parse(text.substring(from + 1, plus));
        if (within == null || (from > 0 && behind == null)) {
            return null;
        }
        String told = text.substring(plus + 1);
        return told.matches("[0-9]{1,9}") ? new WatchPosition(behind, within, Integer.parseInt(told)) : null;
    }

    Opaque token() {
        String text = behind == null ? "" : behind.toString();
        if (within != null) {
            text += ">" + within + "+" + told;
        }
        return Opaque.copyOf(text.getBytes(StandardCharsets.US_ASCII));
    }
}
