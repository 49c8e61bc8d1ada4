package org.msgr2.core.address;

import io.netty.util.NetUtil;
import java.util.Arrays;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/**
 * One address of one incarnation of a messenger: transport type, IP and port, and a nonce that differs between processes.
 *
 * <p>Held in the form in which Ceph compares addresses, 36 bytes: {@code u32 type LE, u32 nonce LE, u16 family LE,
 * u16 port BE, rest of the sockaddr padded to 28}. Equality and order are an unsigned comparison of those bytes, so
 * addresses sort by type, then by the nonce's <em>least</em> significant byte first (spec/msgr2 §1.2): this order
 * decides connection races.
 *
 * <p>On the wire, ADDR2: {@code u8 1, u8 1, u8 1, u32 length, u32 type, u32 nonce, u32 elen, sockaddr}, where elen is 16
 * for IPv4 and 28 for IPv6 and for a blank address.
 *
 * <p>Immutable.
 */
public final class EntityAddr implements Comparable<EntityAddr> {
    /** What speaks at an address. */
    public enum Type {
        NONE(0, "-"),
        /** msgr1. */
        LEGACY(1, "v1"),
        MSGR2(2, "v2"),
        /** A messenger that is not bound: it can only be called back over its own connection. */
        ANY(3, "any");

        private final int code;
        private final String label;

        Type(int code, String label) {
            this.code = code;
            this.label = label;
        }

        public int code() {
            return code;
        }

        static Type fromWire(long code) throws WireException {
            for (Type type : values()) {
                if (type.code == code) {
                    return type;
                }
            }
            throw new WireException("entity_addr type: unknown value " + code);
        }

        @Override
        public String toString() {
            return label;
        }
    }

    /** Address families, by the numbers that Linux and hence Ceph uses. */
    public static final int FAMILY_NONE = 0;

    public static final int FAMILY_INET = 2;
    public static final int FAMILY_INET6 = 10;

    private static final int MARKER_LEGACY = 0;
    private static final int MARKER_ADDR2 = 1;
    private static final int SOCKADDR_BYTES = 28;
    private static final int SOCKADDR_INET_BYTES = 16;
    private static final int LEGACY_SOCKADDR_BYTES = 128;

    /** type, nonce, sockaddr. */
    private static final int IMAGE_BYTES = 8 + SOCKADDR_BYTES;

    private static final int NONCE_AT = 4;
    private static final int FAMILY_AT = 8;
    private static final int PORT_AT = 10;
    private static final int INET_AT = 12;
    private static final int INET6_AT = 16;
    private static final int SCOPE_AT = 32;

    /** No address at all: type NONE, no family. */
    public static final EntityAddr BLANK = new EntityAddr(Type.NONE, new byte[IMAGE_BYTES]);

    private final Type type;
    private final byte[] image;

    private EntityAddr(Type type, byte[] image) {
        this.type = type;
        this.image = image;
        image[0] = (byte) type.code;
    }

    /**
     * @param nonce a u32 as its bits
     * @param ip 4 or 16 bytes in network order
     * @param port 0 to 65535
     */
    public static EntityAddr of(Type type, int nonce, byte[] ip, int port) {
        return of(type, nonce, ip, 0, port);
    }

    /** @param scopeId an IPv6 scope as its bits; ignored for IPv4 */
    public static EntityAddr of(Type type, int nonce, byte[] ip, int scopeId, int port) {
        if (ip.length != 4 && ip.length != 16) {
            throw new IllegalArgumentException("an IP address has 4 or 16 bytes, not " + ip.length);
        }
        if (port < 0 || port > 0xffff) {
            throw new IllegalArgumentException("port " + port + " is not within 0..65535");
        }
        byte[] image = new byte[IMAGE_BYTES];
        putLE(image, NONCE_AT, nonce, 4);
        boolean inet = ip.length == 4;
        putLE(image, FAMILY_AT, inet ? FAMILY_INET : FAMILY_INET6, 2);
        image[PORT_AT] = (byte) (port >> 8);
        image[PORT_AT + 1] = (byte) port;
        System.arraycopy(ip, 0, image, inet ? INET_AT : INET6_AT, ip.length);
        if (!inet) {
            putLE(image, SCOPE_AT, scopeId, 4);
        }
        return new EntityAddr(type, image);
    }

    /**
     * Parses {@code v2:10.0.0.1:3300/0}, {@code v2:[::1]:3300/7}, {@code v1:…}, {@code any:…} or {@code -}. Without a
     * prefix the address is a v2 one; without a nonce the nonce is 0.
     *
     * @throws IllegalArgumentException with a message for a user
     */
    public static EntityAddr parse(String text) {
        return EntityAddrText.parse(text);
    }

    /** Reads any of the encodings that Ceph accepts: ADDR2, or the legacy one, which makes a {@link Type#LEGACY} address. */
    public static EntityAddr read(WireReader in) throws WireException {
        return readAfterMarker(in.u8("entity_addr marker"), in);
    }

    static EntityAddr readAfterMarker(int marker, WireReader in) throws WireException {
        return switch (marker) {
            case MARKER_ADDR2 -> readAddr2(in);
            case MARKER_LEGACY -> readLegacy(in);
            default -> throw new WireException("entity_addr marker: " + marker + ", expected 0 or 1");
        };
    }

    private static EntityAddr readAddr2(WireReader in) throws WireException {
        WireReader body = in.versioned(1, "entity_addr").body();
        Type type = Type.fromWire(body.u32("entity_addr type"));
        byte[] image = new byte[IMAGE_BYTES];
        putLE(image, NONCE_AT, body.s32("entity_addr nonce"), 4);
        long length = body.u32("entity_addr sockaddr length");
        if (length == 0) {
            return new EntityAddr(type, image);
        }
        if (length < 2) {
            throw new WireException("entity_addr sockaddr length: " + length + " cannot hold an address family");
        }
        int family = body.u16("entity_addr family");
        int max = family == FAMILY_INET ? SOCKADDR_INET_BYTES : SOCKADDR_BYTES;
        if (length > max) {
            throw new WireException(
                    "entity_addr sockaddr length: " + length + ", family " + family + " takes at most " + max);
        }
        putLE(image, FAMILY_AT, family, 2);
        byte[] rest = body.bytes((int) length - 2, "entity_addr sockaddr");
        System.arraycopy(rest, 0, image, PORT_AT, rest.length);
        return new EntityAddr(type, image);
    }

    /** {@code u32 0} of which one byte is read already, {@code u32 nonce}, a sockaddr_storage with a big-endian family. */
    private static EntityAddr readLegacy(WireReader in) throws WireException {
        in.bytes(3, "legacy entity_addr marker");
        byte[] image = new byte[IMAGE_BYTES];
        putLE(image, NONCE_AT, in.s32("legacy entity_addr nonce"), 4);
        byte[] storage = in.bytes(LEGACY_SOCKADDR_BYTES, "legacy entity_addr sockaddr");
        int family = (storage[0] & 0xff) << 8 | (storage[1] & 0xff);
        putLE(image, FAMILY_AT, family, 2);
        int length = family == FAMILY_INET ? SOCKADDR_INET_BYTES : SOCKADDR_BYTES;
        System.arraycopy(storage, 2, image, PORT_AT, length - 2);
        return new EntityAddr(Type.LEGACY, image);
    }

    /** The ADDR2 encoding: 35 bytes for IPv4, 47 otherwise. */
    public void write(WireWriter out) {
        int length = family() == FAMILY_INET ? SOCKADDR_INET_BYTES : SOCKADDR_BYTES;
        out.u8(MARKER_ADDR2);
        int body = out.beginVersioned(1, 1);
        out.u32(type.code).u32(nonce()).u32(length);
        out.bytes(Arrays.copyOfRange(image, FAMILY_AT, FAMILY_AT + length));
        out.endVersioned(body);
    }

    /** The encoding from before ADDR2, for peers without that feature: 136 bytes; the type is lost. */
    public void writeLegacy(WireWriter out) {
        byte[] storage = new byte[LEGACY_SOCKADDR_BYTES];
        storage[0] = (byte) (family() >> 8);
        storage[1] = (byte) family();
        System.arraycopy(image, PORT_AT, storage, 2, SOCKADDR_BYTES - 2);
        out.u32(MARKER_LEGACY).u32(nonce()).bytes(storage);
    }

    public Type type() {
        return type;
    }

    /** A u32 as its bits. */
    public int nonce() {
        return (int) getLE(image, NONCE_AT, 4);
    }

    /** {@link #FAMILY_NONE}, {@link #FAMILY_INET}, {@link #FAMILY_INET6}, or a number that we know nothing of. */
    public int family() {
        return (int) getLE(image, FAMILY_AT, 2);
    }

    /** 0 to 65535. */
    public int port() {
        return (image[PORT_AT] & 0xff) << 8 | (image[PORT_AT + 1] & 0xff);
    }

    /** A copy: 4 or 16 bytes in network order, none if the family is neither IPv4 nor IPv6. */
    public byte[] ip() {
        return switch (family()) {
            case FAMILY_INET -> Arrays.copyOfRange(image, INET_AT, INET_AT + 4);
            case FAMILY_INET6 -> Arrays.copyOfRange(image, INET6_AT, INET6_AT + 16);
            default -> new byte[0];
        };
    }

    /** The IPv6 scope as its bits; 0 for anything else. */
    public int scopeId() {
        return family() == FAMILY_INET6 ? (int) getLE(image, SCOPE_AT, 4) : 0;
    }

    /** No family, or an IP of zeros: an address that still has to be learned (spec/msgr2 §3.2). */
    public boolean isBlankIp() {
        for (byte b : ip()) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    public EntityAddr withType(Type newType) {
        return new EntityAddr(newType, image.clone());
    }

    public EntityAddr withNonce(int nonce) {
        byte[] copy = image.clone();
        putLE(copy, NONCE_AT, nonce, 4);
        return new EntityAddr(type, copy);
    }

    public EntityAddr withPort(int port) {
        byte[] copy = image.clone();
        copy[PORT_AT] = (byte) (port >> 8);
        copy[PORT_AT + 1] = (byte) port;
        return new EntityAddr(type, copy);
    }

    /** Ceph's memory order, which decides connection races. */
    @Override
    public int compareTo(EntityAddr other) {
        return Arrays.compareUnsigned(image, other.image);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EntityAddr that && Arrays.equals(image, that.image);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(image);
    }

    /** {@code v2:10.0.0.1:3300/0}; {@link #parse} reads it back. The nonce is printed unsigned. */
    @Override
    public String toString() {
        return EntityAddrText.format(this);
    }

    /** {@code 10.0.0.1} or {@code [::1]}, with a scope if it has one. */
    String host() {
        byte[] ip = ip();
        if (ip.length != 16) {
            return ip.length == 0 ? "-" : NetUtil.bytesToIpAddress(ip);
        }
        String scope = scopeId() == 0 ? "" : "%" + Integer.toUnsignedString(scopeId());
        return "[" + NetUtil.bytesToIpAddress(ip) + scope + "]";
    }

    private static void putLE(byte[] bytes, int at, long value, int count) {
        for (int i = 0; i < count; i++) {
            bytes[at + i] = (byte) (value >> 8 * i);
        }
    }

    private static long getLE(byte[] bytes, int at, int count) {
        long value = 0;
        for (int i = count - 1; i >= 0; i--) {
            value = value << 8 | (bytes[at + i] & 0xff);
        }
        return value;
    }
}
