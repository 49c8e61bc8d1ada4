package org.msgr2.crypto.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.address.EntityName;
import org.msgr2.crypto.SeededEntropy;

class KeyringFileTest {
    private static final Keyring KEYRING = Keyring.EMPTY.with(
            EntityName.parse("client.admin"),
            CryptoKey.generate(KeyType.AES, TestKeys.CREATED, new SeededEntropy(1)),
            Map.of("mon", "allow *"));

    @TempDir
    Path directory;

    @BeforeEach
    void needsPosixPermissions() {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
    }

    private Path file(String permissions, String text) throws IOException {
        Path file = directory.resolve("keyring");
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        return file;
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void writesForTheOwnerOnly() throws Exception {
        Path file = directory.resolve("keyring");
        KeyringFile.write(file, KEYRING);
        assertThat(permissions(file)).isEqualTo("rw-------");
        assertThat(KeyringFile.read(file)).isEqualTo(KEYRING);
        assertThat(file).content().isEqualTo(KEYRING.toText());
    }

    @Test
    void replacesWithoutATrace() throws Exception {
        Path file = file("rw-r--r--", "something else\n");
        KeyringFile.write(file, KEYRING);
        assertThat(permissions(file)).isEqualTo("rw-------");
        assertThat(KeyringFile.read(file)).isEqualTo(KEYRING);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void writesThroughASymbolicLink() throws Exception {
        Path real = file("rw-------", "");
        Path link = Files.createSymbolicLink(directory.resolve("link"), real);
        KeyringFile.write(link, KEYRING);
        assertThat(link).isSymbolicLink();
        assertThat(KeyringFile.read(real)).isEqualTo(KEYRING);
    }

    /** The target of the rename is a directory that is not empty. */
    @Test
    void leavesNothingBehindWhenItFails() throws IOException {
        Path taken = Files.createDirectories(directory.resolve("keyring").resolve("inside"))
                .getParent();
        assertThatThrownBy(() -> KeyringFile.write(taken, KEYRING)).isInstanceOf(IOException.class);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(taken);
        }
        assertThatThrownBy(() -> KeyringFile.write(directory.resolve("no").resolve("keyring"), KEYRING))
                .isInstanceOf(NoSuchFileException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r--r--", "rw----r--", "rw-----w-", "rw------x", "rw--w----", "rwxrwxrwx"})
    void refusesAFileThatIsOpenToOthers(String permissions) throws IOException {
        Path file = file(permissions, KEYRING.toText());
        String message = file + ": open to others (" + permissions + "): keys are secret, use chmod 0600";
        assertThatThrownBy(() -> KeyringFile.read(file))
                .isInstanceOf(KeyringException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> KeyringFile.checkPermissions(file)).hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-------", "r--------", "rw-r-----"})
    void readsAFileThatOnlyOwnerAndGroupCanRead(String permissions) throws Exception {
        Path file = file(permissions, KEYRING.toText());
        assertThatCode(() -> KeyringFile.checkPermissions(file)).doesNotThrowAnyException();
        assertThat(KeyringFile.read(file)).isEqualTo(KEYRING);
    }

    @Test
    void saysFileAndLine() throws IOException {
        Path file = file("rw-------", "[client.a]\nkey = x\n");
        assertThatThrownBy(() -> KeyringFile.read(file))
                .hasMessage(file + ":2: not the base64 text of a key of type aes or aes256k");
    }

    @Test
    void refusesWhatIsNoText() throws IOException {
        Path file = file("rw-------", "");
        Files.write(file, new byte[] {'#', (byte) 0xff, '\n'});
        assertThatThrownBy(() -> KeyringFile.read(file)).hasMessage(file + ": not a text in UTF-8");
    }

    @Test
    void refusesAFileOfAnAbsurdSize() throws IOException {
        Path file = file("rw-------", "");
        Files.write(file, new byte[(4 << 20) + 1]);
        assertThatThrownBy(() -> KeyringFile.read(file))
                .hasMessage(file + ": larger than the 4194304 bytes of any keyring");
    }

    @Test
    void saysThatThereIsNoFile() {
        assertThatThrownBy(() -> KeyringFile.read(directory.resolve("none"))).isInstanceOf(NoSuchFileException.class);
    }
}
