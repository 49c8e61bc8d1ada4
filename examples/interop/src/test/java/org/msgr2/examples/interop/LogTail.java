package org.msgr2.examples.interop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The end of a log, short enough for an exception message. */
final class LogTail {

    private static final int LINES_MAX = 20;
    private static final int BYTES_MAX = 16 * 1024;

    /** A daemon's complaint about a question that the harness asked before the daemon was ready for it. */
    private static final Pattern ASKED_TOO_EARLY = Pattern.compile("AdminSocket: request .* not defined");

    private LogTail() {}

    /** The last lines of the text that say something: Ceph's log to standard error has a blank one after every line. */
    static String of(String text) {
        List<String> lines = text.lines()
                .filter(line -> !line.isBlank())
                .filter(line -> !ASKED_TOO_EARLY.matcher(line).find())
                .toList();
        return lines.subList(Math.max(0, lines.size() - LINES_MAX), lines.size()).stream()
                .collect(Collectors.joining("\n"));
    }

    /**
     * The last lines of the file, or why they cannot be had: a lost log must not hide the failure that it should
     * explain.
     */
    static String of(Path log) {
        try (FileChannel file = FileChannel.open(log)) {
            ByteBuffer end = ByteBuffer.allocate(BYTES_MAX);
            long position = Math.max(0, file.size() - BYTES_MAX);
            while (end.hasRemaining()) {
                int count = file.read(end, position);
                if (count < 0) {
                    break;
                }
                position += count;
            }
            return of(new String(end.array(), 0, end.position(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            return "(no log: " + e + ")";
        }
    }
}
