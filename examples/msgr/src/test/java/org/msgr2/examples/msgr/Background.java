package org.msgr2.examples.msgr;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A run of a command that goes on until it is stopped, as Ctrl-C and SIGTERM stop it: by interrupting its thread. */
final class Background implements AutoCloseable {
    private final StringWriter err = new StringWriter();
    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    private final BufferedReader out;
    private final Thread thread;

    private Background(String... arguments) throws IOException {
        PipedReader reader = new PipedReader(1 << 16);
        PrintWriter writer = new PrintWriter(new PipedWriter(reader), true);
        out = new BufferedReader(reader);
        Terminal terminal = new Terminal(writer, new PrintWriter(err, true), false, false);
        thread = new Thread(() -> {
            int code = Msgr.execute(terminal, arguments);
            writer.close();
            exitCode.complete(code);
        });
    }

    static Background start(String... arguments) throws IOException {
        Background run = new Background(arguments);
        run.thread.start();
        return run;
    }

    /** The next line on stdout; waits for it. Null when the command has ended. */
    String line() throws IOException {
        return out.readLine();
    }

    String err() {
        return err.toString();
    }

    /** Stops it and returns its exit code. */
    int stop() {
        thread.interrupt();
        return exitCode.copy().orTimeout(10, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        stop();
    }
}
