package org.msgr2.examples.msgr;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;

/** One run of the command, and what it wrote. */
record Run(int exitCode, String out, String err) {

    /** Into pipes. */
    static Run of(String... arguments) {
        return with(false, arguments);
    }

    /** On a terminal. */
    static Run interactive(String... arguments) {
        return with(true, arguments);
    }

    private static Run with(boolean interactive, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Msgr.execute(
                new Terminal(new PrintWriter(out, true), new PrintWriter(err, true), interactive, interactive),
                arguments);
        return new Run(exitCode, out.toString(), err.toString());
    }

    List<String> outLines() {
        return out.lines().toList();
    }

    /** What was written to stderr, which has to be one line. */
    String error() {
        List<String> lines = err.lines().toList();
        if (lines.size() != 1) {
            throw new AssertionError("expected one line on stderr: " + this);
        }
        return lines.get(0);
    }

    /** What was written to stdout, which has to be one JSON object on one line. */
    JsonNode json() {
        if (outLines().size() != 1) {
            throw new AssertionError("expected one line on stdout: " + this);
        }
        try {
            return new ObjectMapper().readTree(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
