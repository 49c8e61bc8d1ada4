package org.msgr2.examples.interop;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A program that runs in a container, as far as it can be handled like a child process: output, end and exit status.
 *
 * <p>The engine cannot end one program of a container. {@link #destroy()} only stops listening to it; it ends with its
 * container. Thread-safe.
 */
final class ContainerProcess extends Process {

    private static final int PIPE_BYTES = 64 * 1024;
    private static final int STATUS_ABANDONED = 137;
    private static final int STATUS_UNKNOWN = 255;

    private final DockerClient docker;
    private final String id;
    private final CompletableFuture<Integer> status = new CompletableFuture<>();
    private final PipedInputStream out = new PipedInputStream(PIPE_BYTES);
    private final PipedInputStream err = new PipedInputStream(PIPE_BYTES);
    private final Listener listener;

    private ContainerProcess(DockerClient docker, String id) throws IOException {
        this.docker = docker;
        this.id = id;
        this.listener = new Listener(new PipedOutputStream(out), new PipedOutputStream(err));
    }

    /** @param id of a program that was created and not started yet, its output attached */
    static ContainerProcess start(DockerClient docker, String id) throws IOException {
        ContainerProcess process = new ContainerProcess(docker, id);
        docker.execStartCmd(id).exec(process.listener);
        return process;
    }

    @Override
    public OutputStream getOutputStream() {
        return OutputStream.nullOutputStream();
    }

    @Override
    public InputStream getInputStream() {
        return out;
    }

    @Override
    public InputStream getErrorStream() {
        return err;
    }

    @Override
    public int waitFor() throws InterruptedException {
        try {
            return status.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // the status is never a failure
        }
    }

    @Override
    public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
        try {
            status.get(timeout, unit);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // the status is never a failure
        }
    }

    @Override
    public int exitValue() {
        if (!status.isDone()) {
            throw new IllegalThreadStateException("it still runs");
        }
        return status.join();
    }

    @Override
    public boolean isAlive() {
        return !status.isDone();
    }

    @Override
    public CompletableFuture<Process> onExit() {
        return status.thenApply(any -> this);
    }

    @Override
    public Stream<ProcessHandle> descendants() {
        return Stream.empty();
    }

    @Override
    public void destroy() {
        status.complete(STATUS_ABANDONED);
        try {
            listener.close();
        } catch (IOException e) {
            // Nobody listens any more, which is what was wanted.
        }
    }

    private int askStatus() {
        try {
            Long known = docker.inspectExecCmd(id).exec().getExitCodeLong();
            return known == null ? STATUS_UNKNOWN : known.intValue();
        } catch (DockerException e) {
            return STATUS_UNKNOWN; // its container is gone
        }
    }

    /** Takes the output, on a thread of the client's. */
    private final class Listener extends ResultCallback.Adapter<Frame> {

        private final PipedOutputStream toOut;
        private final PipedOutputStream toErr;

        Listener(PipedOutputStream toOut, PipedOutputStream toErr) {
            this.toOut = toOut;
            this.toErr = toErr;
        }

        @Override
        public void onNext(Frame frame) {
            try {
                (frame.getStreamType() == StreamType.STDERR ? toErr : toOut).write(frame.getPayload());
            } catch (IOException e) {
                // The reader has gone: what is still said is for nobody.
            }
        }

        @Override
        public void onComplete() {
            end();
            super.onComplete();
        }

        @Override
        public void onError(Throwable failure) {
            end();
            super.onError(failure);
        }

        private void end() {
            try (toOut;
                    toErr) {
                status.complete(askStatus());
            } catch (IOException e) {
                // The reader has gone.
            }
        }
    }
}
