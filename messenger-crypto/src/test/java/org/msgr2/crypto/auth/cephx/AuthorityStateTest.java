package org.msgr2.crypto.auth.cephx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.key.KeyType;

/** What must survive a restart, and the file it does so in. */
class AuthorityStateTest {
    private final ServerKit.Dice dice = new ServerKit.Dice(5);

    private AuthorityState state(KeyType type) {
        AuthorityOptions options = AuthorityOptions.DEFAULTS;
        return AuthorityState.INITIAL
                .rotated(options.withKeyTypes(type, options.entityKeyTypes()), ServerKit.START, dice)
                .reserved(1000);
    }

    private static void assertSame(AuthorityState read, AuthorityState written) {
        assertThat(read).isEqualTo(written);
    }

    @ParameterizedTest
    @EnumSource(KeyType.class)
    void survivesItsEncoding(KeyType type) throws ProtocolException {
        AuthorityState state = state(type);
        assertThat(state.keys())
                .containsOnlyKeys(EntityType.MON, EntityType.MDS, EntityType.OSD, EntityType.MGR, EntityType.AUTH);
        assertSame(AuthorityState.decode(state.encode()), state);
        assertSame(AuthorityState.decode(AuthorityState.INITIAL.encode()), AuthorityState.INITIAL);
        assertThat(state)
                .hasToString("AuthorityState[revision=2, globalIdEnd=5096, keys={MON=rotating keys [1, 2, 3], "
                                .replace("MON", "mon")
                        + "mds=rotating keys [1, 2, 3], osd=rotating keys [1, 2, 3], "
                        + "mgr=rotating keys [1, 2, 3], auth=rotating keys [1, 2, 3]}]");
    }

    @Test
    void rotatesEachServiceInItsOwnTime() {
        AuthorityState first = state(KeyType.AES);
        assertThat(first.rotated(AuthorityOptions.DEFAULTS, ServerKit.START.plusSeconds(7199), dice))
                .isSameAs(first);
        AuthorityState second = first.rotated(AuthorityOptions.DEFAULTS, ServerKit.START.plusSeconds(7200), dice);
        assertThat(second.revision()).isEqualTo(first.revision() + 1);
        assertThat(second.keys(EntityType.OSD).secrets().keys()).containsOnlyKeys(2L, 3L, 4L);
        assertThat(second.keys(EntityType.AUTH)).isSameAs(first.keys(EntityType.AUTH));
        // First, second, third: one, two, three lifetimes from the start; the fourth is one after the third.
        assertThat(first.keys(EntityType.OSD).secrets().keys().values())
                .extracting(key ->
                        Duration.between(ServerKit.START, key.expiration().toInstant()))
                .containsExactly(Duration.ofHours(1), Duration.ofHours(2), Duration.ofHours(3));
        assertThat(second.keys(EntityType.OSD).next().expiration().toInstant())
                .isEqualTo(ServerKit.START.plus(Duration.ofHours(4)));
    }

    @Test
    void everyChangedByteIsNoticed() {
        byte[] bytes = state(KeyType.AES).encode().toByteArray();
        for (int at = 0; at < bytes.length; at++) {
            byte[] changed = bytes.clone();
            changed[at] ^= 1;
            assertThatThrownBy(() -> AuthorityState.decode(Opaque.copyOf(changed)))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessage("authority state: its checksum does not match");
            byte[] shorter = Arrays.copyOf(bytes, at);
            assertThatThrownBy(() -> AuthorityState.decode(Opaque.copyOf(shorter)))
                    .isInstanceOf(ProtocolException.class);
        }
    }

    // --- The file

    @TempDir
    Path directory;

    @Test
    void theFileIsItsOwnersAlone() throws IOException {
        Path file = directory.resolve("authority");
        FileStateStore store = new FileStateStore(file);
        assertThat(store.load()).isEmpty();
        AuthorityState state = state(KeyType.AES);
        store.save(state);
        assertSame(store.load().orElseThrow(), state);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        AuthorityState next = state.reserved(5);
        store.save(next);
        assertSame(new FileStateStore(file).load().orElseThrow(), next);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.toList()).as("no temporary files stay").isEqualTo(List.of(file));
        }
        assertThat(store).hasToString(file.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-rw-rw-"})
    void aFileThatIsOpenToOthersIsRefused(String permissions) throws IOException {
        Path file = directory.resolve("authority");
        FileStateStore store = new FileStateStore(file);
        store.save(state(KeyType.AES));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        assertThatThrownBy(store::load)
                .isInstanceOf(IOException.class)
                .hasMessage(file + ": open to others (" + permissions + "): its keys are secret, use chmod 0600");
    }

    @Test
    void aFileThatCannotBeReadIsNotAnEmptyOne() throws IOException {
        Path file = directory.resolve("authority");
        FileStateStore store = new FileStateStore(file);
        store.save(state(KeyType.AES));
        byte[] bytes = Files.readAllBytes(file);
        for (int length : new int[] {0, 1, 40, bytes.length - 1}) {
            Files.write(file, Arrays.copyOf(bytes, length));
            assertThatThrownBy(store::load)
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(file + ": authority state: ");
        }
        Files.write(file, new byte[(1 << 20) + 1]);
        assertThatThrownBy(store::load).isInstanceOf(IOException.class).hasMessageContaining("larger than");
        assertThatThrownBy(() -> new FileStateStore(directory.resolve("no/such")).save(state(KeyType.AES)))
                .isInstanceOf(IOException.class);
    }

    @Test
    void theSavedStateIsThereBeforeItsIdsAre() throws IOException {
        ServerKit kit = new ServerKit();
        FileStateStore store = new FileStateStore(directory.resolve("authority"));
        TicketAuthority authority = TicketAuthority.open(
                ServerKit.keyring(KeyType.AES),
                AuthorityOptions.DEFAULTS.withGlobalIdBlock(10),
                store,
                kit.clock,
                kit.dice,
                LoginListener.NONE);
        for (int i = 0; i < 100; i++) {
            long id = authority.newGlobalId();
            assertThat(id == 0 || id < store.load().orElseThrow().globalIdEnd()).isTrue();
            if (i % 3 == 0) {
                authority.maintain();
            }
        }
    }
}
