package org.msgr2.session.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;

/** What becomes of the path of a Unix-domain socket, where there are real ones. */
public abstract class UnixPathContractTest extends SocketsContractTest {

    @Test
    void onlyItsOwnerMayUseAPathUnlessToldOtherwise() throws IOException {
        server.stream(path("mine.sock"), OPTIONS, Echo::new);
        server.stream(path("ours.sock"), OPTIONS.withFileMode("rw-rw----"), Echo::new);
        assertThat(mode("mine.sock")).isEqualTo("rw-------");
        assertThat(mode("ours.sock")).isEqualTo("rw-rw----");
    }

    private String mode(String name) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(name)));
    }

    @Test
    void takesThePlaceOfASocketThatNobodyListensOn() throws IOException {
        Path path = directory.resolve("stale.sock");
        try (ServerSocketChannel crashed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            crashed.bind(UnixDomainSocketAddress.of(path));
        }
        assertThat(path).exists();
        server.stream(path("stale.sock"), OPTIONS, Echo::new);
        assertEchoes(path("stale.sock"));
    }

    @Test
    void leavesAloneWhatIsNoSocket() throws IOException {
        Path file = Files.writeString(directory.resolve("precious"), "data");
        assertThatThrownBy(() -> server.stream(path("precious"), OPTIONS, Echo::new))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is no socket");
        Path target = Files.createSymbolicLink(directory.resolve("link"), file);
        assertThatThrownBy(() -> server.stream(path("link"), OPTIONS, Echo::new))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is no socket");
        assertThat(file).hasContent("data");
        assertThat(target).isSymbolicLink();
    }

    @Test
    void removesItsPathWhenItIsClosed() throws IOException {
        ListenerHandle listener = server.stream(path("echo.sock"), OPTIONS, Echo::new);
        listener.close();
        assertThat(directory.resolve("echo.sock")).doesNotExist();
    }

    @Test
    void tellsTheUserThatThePathCannotBe() {
        assertThatThrownBy(() -> server.stream(path("no/such/directory.sock"), OPTIONS, Echo::new))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot listen on");
    }
}
