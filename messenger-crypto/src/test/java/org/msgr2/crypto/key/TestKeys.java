package org.msgr2.crypto.key;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.msgr2.core.Entropy;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.UTime;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/** What the tests of keys share. */
final class TestKeys {
    static final UTime CREATED = new UTime(1_700_000_000L, 123_456_789L);

    /** For what must not need any. */
    static final Entropy NO_ENTROPY = bytes -> {
        throw new AssertionError("needs no entropy");
    };

    private TestKeys() {}

    static AesKey aes(String secret) {
        return (AesKey) CryptoKey.of(KeyType.AES, CREATED, bytes(secret));
    }

    static Aes256Krb5Key krb5(String secret) {
        return (Aes256Krb5Key) CryptoKey.of(KeyType.AES256KRB5, CREATED, bytes(secret));
    }

    static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    static Opaque opaque(String hex) {
        return Opaque.copyOf(bytes(hex));
    }

    static String hex(Opaque bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    static byte[] written(Consumer<WireWriter> what) {
        ByteBuf out = Unpooled.buffer();
        what.accept(new WireWriter(out));
        return ByteBufUtil.getBytes(out);
    }

    static WireReader reader(byte[] bytes) {
        return new WireReader(Unpooled.wrappedBuffer(bytes));
    }
}
