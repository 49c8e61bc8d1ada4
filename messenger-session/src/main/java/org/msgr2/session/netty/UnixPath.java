package org.msgr2.session.netty;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The path of a Unix-domain socket. The kernel leaves it behind when its socket is closed, and does not bind another to it.
 *
 * @param inode tells it from what somebody else has put there since
 */
record UnixPath(Path path, @Nullable Object inode) {
    private static final Logger LOG = LoggerFactory.getLogger(UnixPath.class);

    static UnixPath of(Path path) throws IOException {
        return new UnixPath(path, attributes(path).fileKey());
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Removes a socket that nobody listens on.
     *
     * @throws IOException if somebody listens there, or it is no socket
     */
    static void makeRoom(Path path) throws IOException {
        try {
            if (!isSocket(path)) {
                throw new IOException("cannot listen on " + path + ": it exists, and is no socket");
            }
        } catch (NoSuchFileException e) {
            return;
        }
        if (isListenedOn(path)) {
            throw new IOException("cannot listen on " + path + ": Address already in use");
        }
        LOG.info("removing {}, where nobody listens any more", path);
        Files.deleteIfExists(path);
    }

    private static boolean isSocket(Path path) throws IOException {
        int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        return (mode & 0170000) == 0140000;
    }

    private static boolean isListenedOn(Path path) throws IOException {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(path));
            return true;
        } catch (ConnectException e) {
            return false;
        } catch (SocketException e) {
            return !String.valueOf(e.getMessage()).contains("refused"); // as for a backlog that is full
        }
    }

    /** Removes it, unless it is somebody else's by now. */
    void remove() {
        try {
            Object now = attributes(path).fileKey();
            if (isSocket(path) && (inode == null || inode.equals(now))) { // numbers are used again
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException e) {
            LOG.trace("{} is gone already", path);
        } catch (IOException e) {
            LOG.warn("cannot remove {}: {}", path, e.toString());
        }
    }
}
