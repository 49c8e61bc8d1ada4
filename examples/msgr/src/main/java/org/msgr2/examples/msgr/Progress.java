package org.msgr2.examples.msgr;

import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A bar on stderr that is redrawn in place and disappears at the end; nothing at all where nobody watches. */
final class Progress implements AutoCloseable {
    private static final int BAR_CHARS = 30;
    private static final String CLEAR_LINE = "\r\033[K";

    private final @Nullable PrintWriter screen;
    private final String what;
    private final long total;

    /** @param what has to be done, for the end of the line */
    Progress(Terminal terminal, String what, long total) {
        this.screen = terminal.errInteractive() ? terminal.err() : null;
        this.what = what;
        this.total = Math.max(1, total);
    }

    void show(long done) {
        if (screen == null) {
            return;
        }
        int filled = (int) (BAR_CHARS * done / total);
        String bar = "#".repeat(filled) + "-".repeat(BAR_CHARS - filled);
        screen.print(CLEAR_LINE
                + String.format(Locale.ROOT, "[%s] %3d%%  %,d of %,d %s", bar, 100 * done / total, done, total, what));
        screen.flush();
    }

    @Override
    public void close() {
        if (screen != null) {
            screen.print(CLEAR_LINE);
            screen.flush();
        }
    }
}
