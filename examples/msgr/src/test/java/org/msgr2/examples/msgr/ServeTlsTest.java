package org.msgr2.examples.msgr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.crypto.tls.Fingerprint;
import org.msgr2.crypto.tls.PemFiles;
import org.msgr2.crypto.tls.SelfSigned;
import org.msgr2.crypto.tls.TlsConfig;
import org.msgr2.crypto.tls.TlsContext;
import org.msgr2.crypto.tls.TlsIdentity;
import org.msgr2.crypto.tls.TlsTrust;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.service.EchoService;

/** A node that also listens with TLS. */
class ServeTlsTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final String ANY_PORT = "--tls=127.0.0.1:0";

    @TempDir
    Path directory;

    private static ConnectionInfo connect(ServedNode node, TlsConfig config) throws Exception {
        EntityAddr addr = EntityAddr.parse(node.after("listening msgr2-tls "));
        try (Client client =
                Client.connect(ServedNode.anonymous().tls(TlsContext.of(config)), EntityType.ANY, addr, TIMEOUT)) {
            return client.info();
        }
    }

    /** In whichever words: whom it does not believe, or who does not believe it. */
    private static void assertRefused(ServedNode node, TlsConfig config) {
        assertThatThrownBy(() -> connect(node, config))
                .satisfies(failure -> assertThat(Stream.iterate(failure, each -> each != null, Throwable::getCause)
                                .filter(each -> each instanceof ProtocolException))
                        .first()
                        .asInstanceOf(InstanceOfAssertFactories.type(ProtocolException.class))
                        .extracting(ProtocolException::kind)
                        .isEqualTo(FaultKind.AUTH));
    }

    private static TlsConfig pinning(String fingerprint) {
        return TlsConfig.client(TlsTrust.pinned(Fingerprint.parse(fingerprint)));
    }

    @Test
    void aPairForDevelopmentIsPinnedByThePrintedFingerprint() throws Exception {
        try (ServedNode node = ServedNode.start("--auth=none", ANY_PORT, "--tls-dev")) {
            String fingerprint = node.after("certificate ");
            ConnectionInfo info = connect(node, pinning(fingerprint));
            assertThat(info.tls()).isNotNull();

            String other = SelfSigned.local(Instant.now()).fingerprint().toString();
            assertRefused(node, pinning(other));

            assertThat(node.command(ServedNode.anonymous(), "{\"prefix\": \"status\", \"format\": \"json\"}")
                            .output())
                    .contains("\"what\":\"msgr2-tls\"")
                    .contains(fingerprint);
        }
    }

    @Test
    void clientsNeedACertificateIfAnAuthorityIsNamed() throws Exception {
        Path cert = directory.resolve("cert");
        Path key = directory.resolve("key");
        TlsIdentity own = SelfSigned.local(Instant.now());
        PemFiles.write(own, cert, key);
        TlsIdentity alice = SelfSigned.local(Instant.now());
        Path ca = directory.resolve("ca");
        PemFiles.write(alice, ca, directory.resolve("alice"));
        TlsConfig client = TlsConfig.client(TlsTrust.pinned(own.fingerprint()));
        String[] files = {"--auth=none", ANY_PORT, "--tls-cert=" + cert, "--tls-key=" + key};

        try (ServedNode node = ServedNode.start(files)) {
            assertThat(connect(node, client).tls()).isNotNull();
        }
        try (ServedNode node = ServedNode.start(files[0], files[1], files[2], files[3], "--tls-ca=" + ca)) {
            assertThat(connect(node, client.withIdentity(alice)).tls()).isNotNull();
            assertRefused(node, client);
            assertRefused(node, client.withIdentity(SelfSigned.local(Instant.now())));
        }
    }

    @Test
    void theFileOfOptionsKnowsItToo() throws Exception {
        Path config = Files.writeString(
                directory.resolve("node.yaml"),
                "auth: none\ntls: 127.0.0.1:0\ntls-dev: true\nlisten: v2:127.0.0.1:0\n");
        try (Background node = Background.start("serve", "--config=" + config)) {
            assertThat(node.line()).startsWith("listening msgr2 ");
            assertThat(node.line()).startsWith("listening msgr2-tls ");
            assertThat(node.line()).startsWith("certificate sha256:");
        }
    }

    @Test
    void aFileThatCannotBeUsedIsOneClearLine() throws Exception {
        Path cert = directory.resolve("cert");
        Path key = directory.resolve("key");
        PemFiles.write(SelfSigned.local(Instant.now()), cert, key);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(failed(1, "--tls-cert=" + cert, "--tls-key=" + key)).contains("chmod 0600");

        assertThat(failed(1, "--tls-cert=" + directory.resolve("no"), "--tls-key=" + key))
                .contains("cannot listen with TLS: ")
                .contains("no: no such file");
    }

    @Test
    void aPortInUseIsOneClearLine() throws Exception {
        try (TestNode other = TestNode.start("mgr.other", new EchoService())) {
            Run run = Run.of(
                    "serve", "--auth=none", "--listen=v2:127.0.0.1:0", "--tls=127.0.0.1:" + other.port(), "--tls-dev");
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.error()).endsWith("Address already in use; choose another with --tls");
        }
    }

    @Test
    void whatMakesNoSenseTogetherIsWrongUsage() {
        assertThat(failed(2)).contains("--tls needs both --tls-cert FILE and --tls-key FILE, or --tls-dev alone");
        assertThat(failed(2, "--tls-cert=c")).contains("--tls needs both");
        assertThat(failed(2, "--tls-key=k")).contains("--tls needs both");
        assertThat(failed(2, "--tls-ca=k")).contains("--tls needs both");
        for (String file : List.of("--tls-cert=c", "--tls-key=k", "--tls-ca=a")) {
            assertThat(failed(2, "--tls-dev", file)).contains("--tls-dev makes its own certificate");
            Run without = Run.of("serve", "--auth=none", file);
            assertThat(without.exitCode()).isEqualTo(2);
            assertThat(without.error()).contains("has no use without --tls HOST:PORT");
        }
        Run exposed = Run.of("serve", "--auth=none", "--tls=0.0.0.0:0", "--tls-dev");
        assertThat(exposed.error()).contains("--insecure-expose");
        Run dev = Run.of("serve", "--auth=none", "--insecure-expose", "--tls=0.0.0.0:0", "--tls-dev");
        assertThat(dev.error()).contains("--tls-dev is for loopback");
        Run name = Run.of("serve", "--auth=none", "--tls=localhost:1", "--tls-dev");
        assertThat(name.exitCode()).isEqualTo(2);
    }

    private static String failed(int exitCode, String... options) {
        String[] arguments = new String[options.length + 4];
        System.arraycopy(
                new String[] {"serve", "--auth=none", "--listen=v2:127.0.0.1:0", ANY_PORT}, 0, arguments, 0, 4);
        System.arraycopy(options, 0, arguments, 4, options.length);
        Run run = Run.of(arguments);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
        return run.error();
    }
}
