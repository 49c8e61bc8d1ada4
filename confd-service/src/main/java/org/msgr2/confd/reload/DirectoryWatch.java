package org.msgr2.confd.reload;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits for something to happen to one file of a directory. Watching the directory, not the file, sees replacement by
 * rename too. Where the system cannot watch, it only waits. {@link #await} is for one thread, {@link #close} for any.
 */
final class DirectoryWatch implements AutoCloseable {
    private final Path directory;
    private final Path name;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final @Nullable WatchService service;
    private @Nullable WatchKey key;

    DirectoryWatch(Path file) {
        Path absolute = file.toAbsolutePath();
        directory = absolute.getParent() == null ? absolute : absolute.getParent();
        name = absolute.getFileName() == null ? absolute : absolute.getFileName();
        service = newService(directory);
    }

    private static @Nullable WatchService newService(Path directory) {
        try {
            return directory.getFileSystem().newWatchService();
        } catch (IOException | UnsupportedOperationException e) {
            // Such as too many watches on this machine: polling remains.
            return null;
        }
    }

    /** Whether changes are reported; tries to make it so if they are not. */
    boolean works() {
        if (key != null && key.isValid()) {
            return true;
        }
        key = null;
        if (service != null && !isClosed()) {
            try {
                key = directory.register(
                        service,
                        StandardWatchEventKinds.ENTRY_CREATE,
                        StandardWatchEventKinds.ENTRY_MODIFY,
                        StandardWatchEventKinds.ENTRY_DELETE);
            } catch (IOException | ClosedWatchServiceException e) {
                return false;
            }
        }
        return key != null;
    }

    boolean isClosed() {
        return closed.getCount() == 0;
    }

    /**
     * Waits for a change of the file, for the time to pass, or for {@link #close}.
     *
     * @return whether there was a change
     */
    boolean await(long timeoutNs) throws InterruptedException {
        if (service == null) {
            closed.await(timeoutNs, TimeUnit.NANOSECONDS);
            return false;
        }
        try {
            WatchKey signalled = service.poll(timeoutNs, TimeUnit.NANOSECONDS);
            return signalled != null && concernsFile(signalled);
        } catch (ClosedWatchServiceException e) {
            return false;
        }
    }

    private boolean concernsFile(WatchKey signalled) {
        boolean ours = false;
        for (WatchEvent<?> event : signalled.pollEvents()) {
            ours |= event.kind() == StandardWatchEventKinds.OVERFLOW || name.equals(event.context());
        }
        // A directory that has gone makes the key invalid, and whatever was in it too.
        return !signalled.reset() || ours;
    }

    @Override
    public void close() {
        closed.countDown();
        if (service != null) {
            try {
                service.close();
            } catch (IOException e) {
                // Nothing is lost: nobody waits for its events any more.
                return;
            }
        }
    }
}
