package org.msgr2.examples.msgr;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;
import org.msgr2.session.Messenger;

/** Clients that the node must not let in. */
final class RefuseStep implements DemoStep {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Override
    public String name() {
        return "refuse";
    }

    @Override
    public void run(Demo demo) throws Failure, InterruptedException {
        CryptoKey wrong = CryptoKey.generate(
                KeyType.AES, new UTime(Instant.now().getEpochSecond(), 0), new SecureRandom()::nextBytes);
        expectRefusal(demo, "without a key", Messenger.builder(NodeKeyring.ADMIN.toString()));
        expectRefusal(demo, "with a wrong key", Demo.client(wrong));
        demo.report(this, "a client without a key, and one with a wrong key: both refused")
                .put("without_key", "refused")
                .put("wrong_key", "refused");
    }

    private static void expectRefusal(Demo demo, String who, Messenger.Builder builder)
            throws Failure, InterruptedException {
        try (Client client =
                Client.connect(builder, EntityType.ANY, demo.node().addresses().get(0), TIMEOUT)) {
            throw Failure.of(
                    "a client " + who + " was let in as " + client.info().peerName());
        } catch (Failure e) {
            if (!isRefusal(e)) {
                throw e;
            }
        }
    }

    private static boolean isRefusal(Failure failure) {
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof ProtocolException fault && fault.kind() == FaultKind.AUTH) {
                return true;
            }
        }
        return false;
    }
}
