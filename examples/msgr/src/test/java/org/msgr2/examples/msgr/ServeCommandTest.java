package org.msgr2.examples.msgr;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.msgr2.session.service.EchoService;

class ServeCommandTest {
    private static final String ANY_PORT = "--listen=v2:127.0.0.1:0";

    @TempDir
    Path directory;

    @Test
    void saysWhereItListensServesAndDrainsWhenStopped() throws Exception {
        try (Background node = Background.start("serve", "--auth=none", ANY_PORT, ANY_PORT, "--name=osd.3")) {
            String first = node.line();
            String second = node.line();
            assertThat(first).matches("listening msgr2 v2:127\\.0\\.0\\.1:[1-9]\\d*/0");
            assertThat(second).startsWith("listening msgr2 ").isNotEqualTo(first);
            assertThat(node.line()).isEqualTo("ready");

            for (String line : new String[] {first, second}) {
                Run ping = Run.of(
                        "ping", "--auth=none", "--count=1", "--type=osd", line.substring(line.lastIndexOf(' ') + 1));
                assertThat(ping.exitCode()).isZero();
                assertThat(ping.out()).contains("osd.3 at ");
            }

            assertThat(node.stop()).isZero();
            assertThat(node.line()).isNull();
            assertThat(node.err()).isEmpty();
        }
    }

    @Test
    void printsOneJsonObjectPerLine() throws Exception {
        try (Background node = Background.start("serve", "--auth=none", ANY_PORT, "--json")) {
            assertThat(new ObjectMapper().readTree(node.line()).get("address").asText())
                    .startsWith("v2:127.0.0.1:");
            assertThat(new ObjectMapper().readTree(node.line()).get("event").asText())
                    .isEqualTo("ready");
        }
    }

    /** The whole program, since only a process has signals and an exit code. */
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void sigtermDrainsAndExitsWithZero() throws Exception {
        Process node = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Msgr.class.getName(),
                        "serve",
                        "--auth=none",
                        ANY_PORT)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader out = node.inputReader()) {
            assertThat(out.readLine()).startsWith("listening msgr2 ");
            assertThat(out.readLine()).isEqualTo("ready");

            node.destroy();

            assertThat(node.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(node.exitValue()).isZero();
        } finally {
            node.destroyForcibly();
        }
    }

    @Test
    void theDataDirectoryIsMadeForItsOwnerOnly() throws Exception {
        Path data = directory.resolve("a/b");
        try (Background node = Background.start("serve", "--auth=none", ANY_PORT, "--data=" + data)) {
            assertThat(node.line()).startsWith("listening");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void aDataDirectoryThatIsAFileIsRefused() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "");

        Run run = Run.of("serve", "--auth=none", ANY_PORT, "--data=" + file);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.error()).isEqualTo("msgr: cannot use " + file + " for data: it is not a directory");
    }

    @Test
    void withoutAuthenticationItIsNotExposedByAccident() throws Exception {
        Run refused = Run.of("serve", "--auth=none", "--listen=v2:0.0.0.0:0");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.error()).contains("v2:0.0.0.0:0/0").contains("--insecure-expose");

        try (Background node = Background.start("serve", "--auth=none", "--listen=v2:0.0.0.0:0", "--insecure-expose")) {
            assertThat(node.line()).startsWith("listening msgr2 v2:0.0.0.0:");
        }
    }

    @Test
    void aPortInUseIsOneClearLine() {
        try (TestNode other = TestNode.start("mgr.other", new EchoService())) {
            Run run = Run.of("serve", "--auth=none", "--listen=" + other.addr());

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.error())
                    .isEqualTo("msgr: cannot listen on " + other.addr()
                            + ": Address already in use; choose another with --listen");
            assertThat(run.out()).isEmpty();
        }
    }

    @Test
    void anAddressThatIsNotV2IsWrongUsage() {
        Run run = Run.of("serve", "--auth=none", "--listen=v1:127.0.0.1:0");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.error()).contains("not a v2 address");
    }

    @Test
    void runsOnTheTransportThatWasAskedFor() throws Exception {
        try (Background node = Background.start("serve", "--auth=none", ANY_PORT, "--io=nio")) {
            assertThat(node.line()).startsWith("listening");
        }
        assertThat(Run.of("serve", "--auth=none", "--io=pigeon").exitCode()).isEqualTo(2);
    }

    @Test
    void takesItsOptionsFromAFileAndTheCommandLineWins() throws Exception {
        Path config = config("auth: none\nname: osd.5\nlisten:\n  - v2:127.0.0.1:0\n  - v2:127.0.0.1:0\n");
        try (Background node = Background.start("serve", "--config=" + config, "--name=osd.6")) {
            String line = node.line();
            assertThat(node.line()).startsWith("listening msgr2 ");
            assertThat(node.line()).isEqualTo("ready");

            Run ping = Run.of("ping", "--auth=none", "--count=1", line.substring(line.lastIndexOf(' ') + 1));
            assertThat(ping.out()).contains("osd.6 at ");
        }
    }

    @Test
    void aFlagOfTheFileCounts() throws Exception {
        Path config = config("{auth: none, insecure-expose: true, listen: 'v2:0.0.0.0:0'}");
        try (Background node = Background.start("serve", "--config=" + config)) {
            assertThat(node.line()).startsWith("listening msgr2 v2:0.0.0.0:");
        }
    }

    @Test
    void anEmptyFileSaysNothing() throws Exception {
        assertThat(refused("# nothing\n")).contains("give --data DIR");
    }

    @Test
    void anUnknownKeyIsNamed() throws Exception {
        assertThat(refused("auth: none\nlisten-on: x\n"))
                .contains(
                        "unknown key 'listen-on' (known: auth, confd, confd-config, confd-key, confd-on-bad, confd-wire,"
                                + " data, insecure-expose, io, keyring, listen, luxi, metrics, modes, name, tls, tls-ca, tls-cert, tls-dev, tls-key)");
        assertThat(refused("config: other.yaml\n")).contains("unknown key 'config'");
    }

    @Test
    void whatCannotBeAValueIsRefused() throws Exception {
        assertThat(refused("name: [osd.1, osd.2]\n")).contains("'name' takes one value");
        assertThat(refused("name: {a: b}\n")).contains("'name' needs a plain value");
        assertThat(refused("name:\n")).contains("'name' needs a plain value");
        assertThat(refused("name: osd\n")).contains("'osd' is no entity name");
        assertThat(refused("insecure-expose: 5\n")).contains("insecure-expose");
    }

    @Test
    void whatIsNotYamlIsRefusedWithItsLine() throws Exception {
        assertThat(refused("auth: none\nlisten: [\n")).contains(", line 3: ");
        assertThat(refused("auth: none\nauth: cephx\n")).contains("duplicate key auth");
        assertThat(refused("just text\n")).contains("expected lines of 'option: value'");
        assertThat(refused("name: !!java.net.URL [\"http://example.com\"]\n")).contains("line 1: ");
    }

    @Test
    void aMissingFileIsOneClearLine() {
        Run run = Run.of("serve", "--config=" + directory.resolve("none.yaml"));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.error()).endsWith("none.yaml: no such file or directory");
    }

    private String refused(String yaml) throws Exception {
        Run run = Run.of("serve", "--config=" + config(yaml));
        assertThat(run.exitCode()).isEqualTo(2);
        return run.error();
    }

    private Path config(String yaml) throws Exception {
        return Files.writeString(directory.resolve("node.yaml"), yaml);
    }
}
