package org.msgr2.examples.msgr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.key.Keyring;
import org.msgr2.crypto.key.KeyringFile;
import org.msgr2.session.Messenger;

/** A node that nobody told anything but where its data is. */
class ServeCephxTest {
    private static final String ANY_PORT = "--listen=v2:127.0.0.1:0";
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @TempDir
    Path directory;

    private Path data() {
        return directory.resolve("data");
    }

    private Path keyring() {
        return data().resolve("keyring");
    }

    private static ConnectionMode connect(Messenger.Builder client, EntityAddr addr) throws Exception {
        try (Client connected = Client.connect(client, EntityType.ANY, addr, TIMEOUT)) {
            assertThat(connected.await(connected.connection().ping(), "ping")).isPositive();
            return connected.info().mode();
        }
    }

    @Test
    void theFirstStartMakesKeysAndPrintsAClientCommandThatWorks() throws Exception {
        try (ServedNode node = ServedNode.start("--data=" + data())) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keyring())))
                    .isEqualTo("rw-------");
            Keyring keys = ServedNode.read(keyring());
            assertThat(keys.entries().keySet())
                    .containsExactly(EntityName.parse("mon.node"), EntityName.parse("client.admin"));
            assertThat(keys.find(EntityName.parse("client.admin")).orElseThrow().caps())
                    .isEqualTo(Map.of(
                            "mon", "allow *", "mgr", "allow *", "osd", "allow *", "mds", "allow *", "confd", "allow *",
                            "cld", "allow *", "ctl", "allow *"));

            List<String> words = List.of(node.after("client ").split(" ", -1));
            assertThat(words)
                    .containsExactly(
                            "./msgr",
                            "ping",
                            "--name",
                            "client.admin",
                            "--keyring",
                            keyring().toString(),
                            "--mode",
                            "secure",
                            node.addr().toString());
            assertThat(connect(
                            ServedNode.client(words.get(3), Path.of(words.get(5)), ConnectionMode.SECURE),
                            EntityAddr.parse(words.get(8))))
                    .isEqualTo(ConnectionMode.SECURE);
            assertThat(node.stop()).isZero();
        }
    }

    @Test
    void thePrintedCommandIsOneThatThisProgramKnows() throws Exception {
        try (ServedNode node = ServedNode.start("--data=" + data())) {
            List<String> words = List.of(node.after("client ./msgr ").split(" ", -1));
            Run ping = Run.of(words.toArray(String[]::new));

            assertThat(ping.err()).isEmpty();
            assertThat(ping.exitCode()).isZero();
            assertThat(ping.out()).contains("mode secure").contains("authenticated with cephx");
        }
    }

    @Test
    void theSecondStartGoesOnWithTheSameKeysAndTheSameCluster() throws Exception {
        String cluster;
        try (ServedNode node = ServedNode.start("--data=" + data())) {
            cluster = node.command(
                            ServedNode.client("client.admin", keyring(), ConnectionMode.CRC), "{\"prefix\": \"fsid\"}")
                    .output();
        }
        byte[] keys = Files.readAllBytes(keyring());
        byte[] authority = Files.readAllBytes(data().resolve("authority"));
        try (ServedNode node = ServedNode.start("--data=" + data())) {
            assertThat(Files.readAllBytes(keyring())).isEqualTo(keys);
            assertThat(node.command(
                                    ServedNode.client("client.admin", keyring(), ConnectionMode.CRC),
                                    "{\"prefix\": \"fsid\"}")
                            .output())
                    .isEqualTo(cluster);
        }
        // Ids that may have been given out are not given out again.
        assertThat(Files.readAllBytes(data().resolve("authority"))).isNotEqualTo(authority);
    }

    @Test
    void whoHasNoKeyOrAWrongOneIsRefusedAndCounted() throws Exception {
        try (ServedNode node = ServedNode.start("--data=" + data())) {
            EntityName admin = EntityName.parse("client.admin");
            assertThatThrownBy(() -> connect(ServedNode.anonymous(), node.addr()))
                    .hasMessageContaining("cephx");
            assertThatThrownBy(() ->
                            connect(ServedNode.client(admin, ServedNode.newKey(), ConnectionMode.SECURE), node.addr()))
                    .hasMessageContaining("EACCES");
            assertThatThrownBy(() -> connect(
                            ServedNode.client(
                                    EntityName.parse("client.eve"), ServedNode.newKey(), ConnectionMode.SECURE),
                            node.addr()))
                    .hasMessageContaining("EACCES");

            assertThat(node.command(
                                    ServedNode.client("client.admin", keyring(), ConnectionMode.SECURE),
                                    "{\"prefix\": \"status\"}")
                            .output())
                    .containsPattern("failed logins: method [1-9]\\d*, unknown entity [1-9]\\d*, wrong key [1-9]")
                    .contains("connections:   secure 1;");
        }
    }

    @Test
    void onlyTheModesThatWereAskedForAreOffered() throws Exception {
        try (ServedNode node = ServedNode.start("--data=" + data(), "--modes=secure")) {
            assertThatThrownBy(() ->
                            connect(ServedNode.client("client.admin", keyring(), ConnectionMode.CRC), node.addr()))
                    .hasMessageContaining("secure");
            assertThat(connect(ServedNode.client("client.admin", keyring(), ConnectionMode.SECURE), node.addr()))
                    .isEqualTo(ConnectionMode.SECURE);
        }
        try (ServedNode node = ServedNode.start("--data=" + data(), "--modes=crc")) {
            assertThat(node.after("client ")).contains("--mode crc ");
            assertThatThrownBy(() ->
                            connect(ServedNode.client("client.admin", keyring(), ConnectionMode.SECURE), node.addr()))
                    .hasMessageContaining("crc");
        }
    }

    @Test
    void anotherKeyringMayNameOtherEntities() throws Exception {
        Path other = directory.resolve("it's here");
        KeyringFile.write(
                other,
                Keyring.EMPTY
                        .with(EntityName.parse("mon."), ServedNode.newKey(), Map.of("mon", "allow *"))
                        .with(EntityName.parse("client.bob"), ServedNode.newKey(), Map.of("mon", "allow r")));
        try (ServedNode node = ServedNode.start("--data=" + data(), "--name=mon.a", "--keyring=" + other)) {
            assertThat(node.lines())
                    .hasSize(1)
                    .allSatisfy(line -> assertThat(line).startsWith("listening "));
            assertThat(keyring()).doesNotExist();
            assertThat(connect(ServedNode.client("client.bob", other, ConnectionMode.SECURE), node.addr()))
                    .isEqualTo(ConnectionMode.SECURE);
        }
    }

    @Test
    void thePathInThePrintedCommandIsQuoted() throws Exception {
        Path odd = directory.resolve("it's here");
        try (ServedNode node = ServedNode.start("--data=" + odd)) {
            assertThat(node.after("client ")).contains(" '" + directory + "/it'\\''s here/keyring' ");
        }
    }

    @Test
    void cephxMayListenEverywhere() throws Exception {
        try (Background node = Background.start("serve", "--data=" + data(), "--listen=v2:0.0.0.0:0")) {
            assertThat(node.line()).startsWith("listening msgr2 v2:0.0.0.0:");
            assertThat(node.line()).contains(" v2:127.0.0.1:");
        }
    }

    @Test
    void twoNodesDoNotShareADirectory() throws Exception {
        try (ServedNode node = ServedNode.start("--data=" + data())) {
            Run second = Run.of("serve", "--data=" + data(), ANY_PORT);

            assertThat(second.exitCode()).isEqualTo(1);
            assertThat(second.error())
                    .isEqualTo("msgr: another node runs on " + data() + "; choose another with --data");
            assertThat(node.stop()).isZero();
        }
        ServedNode.start("--data=" + data()).close();
    }

    private Run failed(String... options) {
        String[] arguments = new String[options.length + 3];
        arguments[0] = "serve";
        arguments[1] = ANY_PORT;
        arguments[2] = "--data=" + data();
        System.arraycopy(options, 0, arguments, 3, options.length);
        Run run = Run.of(arguments);
        assertThat(run.out()).isEmpty();
        return run;
    }

    private Path file(String text, String permissions) throws Exception {
        Path file = Files.writeString(directory.resolve("file"), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        return file;
    }

    @Test
    void aKeyringThatOthersCanReadIsRefused() throws Exception {
        ServedNode.start("--data=" + data()).close();
        Files.setPosixFilePermissions(keyring(), PosixFilePermissions.fromString("rw-r--r--"));

        Run run = failed();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.error()).contains(keyring() + ": open to others").contains("chmod 0600");
    }

    @Test
    void ticketKeysThatOthersCanReadAreRefused() throws Exception {
        ServedNode.start("--data=" + data()).close();
        Path authority = data().resolve("authority");
        Files.setPosixFilePermissions(authority, PosixFilePermissions.fromString("rw-r--r--"));

        Run run = failed();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.error()).contains(authority + ": open to others").contains("chmod 0600");
    }

    @Test
    void aMalformedKeyringIsRefusedWithItsLine() throws Exception {
        Run run = failed("--keyring=" + file("[client.admin]\n\tkey = nonsense\n", "rw-------"));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.error()).contains("file:2: ").doesNotContain("nonsense");
    }

    @Test
    void aKeyringWithoutTheNodeIsRefusedWithThoseThatItHas() throws Exception {
        ServedNode.start("--data=" + data()).close();

        Run run = failed("--name=mon.b");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.error()).contains("no key for mon.b, only for [mon.node, client.admin]");
    }

    @Test
    void aMissingKeyringIsNotMade() {
        Run run = failed("--keyring=" + directory.resolve("none"));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.error()).endsWith("none: no such file or directory");
        assertThat(directory.resolve("none")).doesNotExist();
    }

    @Test
    void aDamagedClusterIdIsRefused() throws Exception {
        ServedNode.start("--data=" + data()).close();
        Files.writeString(data().resolve("fsid"), "x");

        assertThat(failed().error()).contains("fsid: expected a UUID; remove it");
    }

    @Test
    void whereNothingCanBeWrittenNothingStarts() {
        Run run = Run.of("serve", ANY_PORT, "--data=/proc/msgr");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.error()).startsWith("msgr: cannot create the data directory /proc/msgr: ");
    }

    @Test
    void aPortInUseIsOneClearLineAndFreesTheDirectory() throws Exception {
        try (ServedNode node = ServedNode.start("--data=" + directory.resolve("first"))) {
            Run run = Run.of("serve", "--listen=" + node.addr(), "--data=" + data());

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.error()).endsWith("Address already in use; choose another with --listen");
        }
        ServedNode.start("--data=" + data()).close();
    }

    @Test
    void keysNeedAPlace() {
        for (String[] arguments : new String[][] {{"serve"}, {"serve", "--auth=cephx"}}) {
            Run run = Run.of(arguments);

            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.error()).contains("give --data DIR, or --auth none");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "safe", "secure,,crc;", "secure crc none"})
    void modesThatDoNotExistAreWrongUsage(String modes) {
        Run run = failed("--modes=" + modes);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.error()).contains("--modes takes \"secure\", \"crc\" or \"secure crc\"");
    }

    @Test
    void whatMakesNoSenseTogetherIsWrongUsage() {
        String[][] usages = {
            {"--name=osd.1", "give --name mon.ID, or --auth none"},
            {"--name=mon.", "give --name mon.ID, or --auth none"},
            {"--auth=none", "--keyring=k", "--keyring has no use with --auth none"},
            {"--auth=none", "--modes=secure", "without keys there is no mode secure"},
        };
        for (String[] usage : usages) {
            Run run = failed(List.of(usage).subList(0, usage.length - 1).toArray(String[]::new));

            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.error()).contains(usage[usage.length - 1]);
        }
        assertThat(data()).doesNotExist();
    }
}
