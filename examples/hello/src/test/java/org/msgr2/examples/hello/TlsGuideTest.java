package org.msgr2.examples.hello;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.crypto.tls.ClientAuth;
import org.msgr2.crypto.tls.Fingerprint;
import org.msgr2.crypto.tls.PemFiles;
import org.msgr2.crypto.tls.SelfSigned;
import org.msgr2.crypto.tls.TlsConfig;
import org.msgr2.crypto.tls.TlsContext;
import org.msgr2.crypto.tls.TlsIdentity;
import org.msgr2.crypto.tls.TlsTrust;
import org.msgr2.session.Connection;
import org.msgr2.session.Messenger;
import org.msgr2.session.service.EchoService;

/** The programs of docs/guide/tls.md, which quotes them; {@link PagesTest} compares. */
class TlsGuideTest {
    private static final EntityAddr ANY_PORT = EntityAddr.parse("v2:127.0.0.1:0");

    @TempDir
    private Path directory;

    @Test
    void listensAndDials() throws IOException, ExecutionException, InterruptedException, TimeoutException {
        Path cert = directory.resolve("cert.pem");
        Path key = directory.resolve("key.pem");

        TlsIdentity dev = SelfSigned.local(Instant.now()); // localhost, 127.0.0.1, ::1, for 30 days
        PemFiles.write(dev, cert, key); // the key as 0600
        Fingerprint fingerprint = dev.fingerprint();

        TlsIdentity identity = TlsIdentity.read(cert, key, null);
        TlsContext serving = TlsContext.of(TlsConfig.server(identity));
        Messenger node = Messenger.builder("osd.7").service(new EchoService()).build();
        EntityAddr plain = node.bind(ANY_PORT);
        EntityAddr secured = node.bindTls(ANY_PORT, serving);

        TlsContext dialling = TlsContext.of(TlsConfig.client(TlsTrust.pinned(fingerprint)));
        Messenger client = Messenger.builder("client.me").build();
        Connection connection = client.connect(EntityType.OSD, secured, dialling);
        var tls = connection.ready().toCompletableFuture().get(10, SECONDS).tls();

        assertThat(tls.peerSubject()).isEqualTo("CN=localhost");
        assertThat(client.connect(EntityType.OSD, plain)
                        .ready()
                        .toCompletableFuture()
                        .get(10, SECONDS)
                        .tls())
                .isNull();
        client.close();
        node.close();
    }

    @Test
    void asksWhoDials() throws IOException, ExecutionException, InterruptedException, TimeoutException {
        TlsIdentity nodes = SelfSigned.local(Instant.now());
        TlsIdentity alices = SelfSigned.local(Instant.now());
        Path nodeCert = directory.resolve("node.pem");
        Path aliceCert = directory.resolve("alice.pem");
        PemFiles.write(nodes, nodeCert, directory.resolve("node.key"));
        PemFiles.write(alices, aliceCert, directory.resolve("alice.key"));

        TlsConfig serving = TlsConfig.server(nodes)
                .withClientAuth(ClientAuth.REQUIRED, TlsTrust.authorities(PemFiles.certificates(aliceCert)));
        TlsConfig dialling = TlsConfig.client(TlsTrust.authorities(PemFiles.certificates(nodeCert)))
                .withIdentity(alices);

        Messenger node = Messenger.builder("osd.7").service(new EchoService()).build();
        EntityAddr secured = node.bindTls(ANY_PORT, TlsContext.of(serving));
        Messenger client =
                Messenger.builder("client.me").tls(TlsContext.of(dialling)).build();
        Connection connection = client.connect(EntityType.OSD, secured);
        assertThat(connection.ready().toCompletableFuture().get(10, SECONDS).tls())
                .isNotNull();
        client.close();
        node.close();
    }
}
