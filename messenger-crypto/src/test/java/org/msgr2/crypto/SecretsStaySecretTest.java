package org.msgr2.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.AuthOutcome;
import org.msgr2.crypto.auth.Capabilities;
import org.msgr2.crypto.auth.PeerIdentity;
import org.msgr2.crypto.auth.SessionKey;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;
import org.msgr2.crypto.key.KeyUsage;
import org.msgr2.crypto.key.Keyring;
import org.msgr2.crypto.onwire.AeadProvider;
import org.msgr2.crypto.onwire.AesGcmFrameCipher;
import org.msgr2.crypto.onwire.ConnectionSecret;

/** No secret in what anything says of itself, or in the trace of any exception; neither as hex, as base64, nor as numbers. */
class SecretsStaySecretTest {
    private static final byte[] SECRET = HexFormat.of().parseHex("7ea1c3d5e7f90b1d2f41536577899bad");
    private static final byte[] SECRET_32 = twice(SECRET);

    private final List<String> said = new ArrayList<>();

    private interface Attempt {
        void run() throws Exception;
    }

    private static byte[] twice(byte[] half) {
        byte[] whole = Arrays.copyOf(half, 2 * half.length);
        System.arraycopy(half, 0, whole, half.length, half.length);
        return whole;
    }

    private void fails(Attempt attempt) {
        try {
            attempt.run();
        } catch (Exception e) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace, true));
            said.add(trace.toString());
            return;
        }
        throw new AssertionError("was expected to fail");
    }

    @Test
    void nothingSaysIt() throws Exception {
        List<CryptoKey> keys = List.of(
                CryptoKey.of(KeyType.AES, UTime.ZERO, SECRET), CryptoKey.of(KeyType.AES256KRB5, UTime.ZERO, SECRET_32));
        for (CryptoKey key : keys) {
            String text = key.toBase64();
            Keyring keyring = Keyring.EMPTY.with(EntityName.parse("client.a"), key, Map.of());
            said.addAll(List.of(
                    key.toString(),
                    keyring.toString(),
                    keyring.entries().toString(),
                    Optional.of(key).toString()));
            fails(() -> CryptoKey.parseBase64(text + "A"));
            fails(() -> CryptoKey.parseBase64("*" + text));
            fails(() -> CryptoKey.parseBase64(text.substring(1)));
            fails(() -> CryptoKey.of(KeyType.AES, UTime.ZERO, twice(SECRET_32)));
            for (String bad : List.of(
                    text + "\n",
                    "[" + text + "]\n",
                    "[client.a]\n" + text + "\n",
                    "[client.a]\n" + text.replace("=", "") + "\n",
                    "[client.a]\nkey = " + text,
                    "[client.a]\nkey = " + text + text + "\n",
                    "[client.a]\nkey = \"" + text + "\n",
                    "[client.a]\nkey = \"" + text + "\" x\n",
                    "[client.a]\ncaps " + text + " = x\n",
                    "[client.a]\ncaps mon = \u0001" + text + "\n")) {
                fails(() -> Keyring.parse(bad, "f"));
            }
            fails(() -> key.decrypt(KeyUsage.PLAIN, Opaque.EMPTY));
            fails(() -> key.decodeDecrypt(KeyUsage.PLAIN, Opaque.zeros(48)));
        }
        checkCiphers();
        SessionKey session = SessionKey.of(SECRET);
        PeerIdentity peer = new PeerIdentity(AuthMethod.CEPHX, EntityName.parse("client.a"), 7, Capabilities.NONE);
        said.add(session.toString());
        said.add(new AuthOutcome(peer, session, Opaque.copyOf(SECRET_32)).toString());
        keys.forEach(CryptoKey::destroy);
        keys.forEach(key -> fails(key::toBase64));
        assertThat(said).hasSizeGreaterThan(40).allSatisfy(SecretsStaySecretTest::check);
    }

    private void checkCiphers() throws Exception {
        ConnectionSecret secret = ConnectionSecret.of(Opaque.copyOf(twice(SECRET_32)));
        said.add(secret.toString());
        said.add(AeadProvider.preferred().toString());
        for (Revision revision : Revision.values()) {
            AesGcmFrameCipher cipher = secret.towardsAcceptor(revision, AeadProvider.preferred());
            said.add(cipher.toString());
            fails(() -> cipher.open(Unpooled.wrappedBuffer(SECRET_32), Unpooled.buffer()));
            fails(() -> cipher.open(Unpooled.wrappedBuffer(SECRET_32), Unpooled.buffer()));
        }
        fails(() -> ConnectionSecret.of(Opaque.copyOf(SECRET_32)));
        fails(() -> AeadProvider.preferred().create(SECRET_32));
        secret.destroy();
        fails(secret::toOpaque);
    }

    private static void check(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        // A piece of three bytes is enough to give it away, and too long to be there by chance.
        for (int i = 0; i + 3 <= SECRET.length; i++) {
            byte[] piece = Arrays.copyOfRange(SECRET, i, i + 3);
            assertThat(lower).doesNotContain(HexFormat.of().formatHex(piece));
            String numbers = Arrays.toString(piece);
            assertThat(lower).doesNotContain(numbers.substring(1, numbers.length() - 1));
        }
        // A base64 text of the keys has these characters at one of three alignments each.
        for (byte[] secret : List.of(SECRET, SECRET_32)) {
            for (KeyType type : KeyType.values()) {
                if (type.secretBytes() == secret.length) {
                    String text64 = CryptoKey.of(type, UTime.ZERO, secret).toBase64();
                    for (int i = 16; i + 6 <= text64.length(); i++) {
                        assertThat(text).doesNotContain(text64.substring(i, i + 6));
                    }
                }
            }
        }
    }
}
