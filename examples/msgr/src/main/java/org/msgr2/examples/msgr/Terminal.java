package org.msgr2.examples.msgr;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Where a command writes.
 *
 * @param out results; flushed line by line
 * @param err errors, and progress
 * @param outInteractive a person sees {@code out} as it is written
 * @param errInteractive a person sees {@code err} as it is written: only then is progress shown
 */
record Terminal(PrintWriter out, PrintWriter err, boolean outInteractive, boolean errInteractive) {

    /** The process's own streams. */
    static Terminal system() {
        return new Terminal(writer(System.out), writer(System.err), isTerminal(1), isTerminal(2));
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    /**
     * {@code System.console()} does not tell: until JDK 21 it looks at stdin and stdout together, later it exists without a
     * terminal too. The link that Linux keeps per descriptor does; where there is none, nothing counts as a terminal.
     */
    private static boolean isTerminal(int descriptor) {
        if ("dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    void line(String format, Object... arguments) {
        out.println(arguments.length == 0 ? format : String.format(Locale.ROOT, format, arguments));
    }

    /** Nobody reads {@code out} any more: {@code msgr … | head -1}. */
    boolean isGone() {
        return out.checkError();
    }

    /** One object on one line, so that a program can read line by line. */
    void json(JsonNode object) {
        out.println(object);
    }
}
