package org.msgr2.crypto.auth.cephx;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.msgr2.core.Entropy;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/**
 * What a {@link TicketAuthority} must not forget: the keys that tickets are sealed with, and which global_ids were given
 * out (architecture §7). An immutable snapshot; every change makes another. Encoded:
 *
 * <pre>
 *   u32 magic | u8 version 1 | u64 revision | u64 global_ids end | u32 n, n times (u32 service, RotatingSecrets) | sha256
 * </pre>
 *
 * <p>The digest covers everything before it. It is against accidents: whoever can write the file has the keys anyway.
 *
 * @param revision grows with each change
 * @param globalIdEnd ids below may have been given out
 * @param keys by service
 */
public record AuthorityState(long revision, long globalIdEnd, Map<EntityType, RotatingKeys> keys) {
    /** Nothing given out, no keys. Ceph's own ids begin here too (observed). */
    public static final AuthorityState INITIAL = new AuthorityState(0, 4096, Map.of());

    private static final long MAGIC = 0x3155_414dL;
    private static final int VERSION = 1;
    private static final int DIGEST_BYTES = 32;
    private static final int SERVICES_MAX = 16;
    private static final int SERVICE_BYTES_MIN = 4 + 1 + 4 + 8;
    private static final int BYTES_INITIAL = 1024;

    public AuthorityState {
        Map<EntityType, RotatingKeys> ordered = new EnumMap<>(EntityType.class);
        ordered.putAll(keys);
        keys = Collections.unmodifiableMap(ordered);
    }

    /** Keys for a service that is not known are none. */
    RotatingKeys keys(EntityType service) {
        return keys.getOrDefault(service, RotatingKeys.EMPTY);
    }

    /** With the keys that are due at that time, for every service of the options; the same if none are. */
    AuthorityState rotated(AuthorityOptions options, Instant now, Entropy entropy) {
        Map<EntityType, RotatingKeys> all = new EnumMap<>(EntityType.class);
        all.putAll(keys);
        all.put(EntityType.AUTH, rotated(EntityType.AUTH, options, now, entropy));
        for (EntityType service : options.services()) {
            all.put(service, rotated(service, options, now, entropy));
        }
        return all.equals(keys) ? this : new AuthorityState(revision + 1, globalIdEnd, all);
    }

    private RotatingKeys rotated(EntityType service, AuthorityOptions options, Instant now, Entropy entropy) {
        return keys(service).rotated(now, options.ttl(service), options.serviceKeyType(), entropy);
    }

    /** With so many more ids that may be given out. */
    AuthorityState reserved(int ids) {
        return new AuthorityState(revision + 1, Math.addExact(globalIdEnd, ids), keys);
    }

    /** Holds keys: whoever gets it keeps it secret. */
    public Opaque encode() {
        ByteBuf buffer = Unpooled.buffer(BYTES_INITIAL);
        WireWriter out = new WireWriter(buffer);
        out.u32(MAGIC).u8(VERSION).u64(revision).u64(globalIdEnd).u32(keys.size());
        keys.forEach((service, rotating) -> rotating.secrets().write(out.u32(service.code())));
        out.bytes(digest(ByteBufUtil.getBytes(buffer)));
        Opaque encoded = Opaque.copyOf(ByteBufUtil.getBytes(buffer));
        Arrays.fill(buffer.array(), (byte) 0);
        return encoded;
    }

    /** @throws ProtocolException if that is no state that we can read; the message quotes nothing of it */
    public static AuthorityState decode(Opaque encoded) throws ProtocolException {
        byte[] bytes = encoded.toByteArray();
        int length = bytes.length - DIGEST_BYTES;
        if (length <= 0) {
            throw new WireException("authority state: " + bytes.length + " bytes are too few");
        }
        byte[] state = Arrays.copyOf(bytes, length);
        if (!MessageDigest.isEqual(digest(state), Arrays.copyOfRange(bytes, length, bytes.length))) {
            throw new ProtocolException(FaultKind.INTEGRITY, "authority state: its checksum does not match");
        }
        WireReader in = new WireReader(Unpooled.wrappedBuffer(state));
        if (in.u32("magic") != MAGIC) {
            throw new WireException("authority state: it begins as something else");
        }
        Decoding.version(in, VERSION, "authority state");
        long revision = in.u64("revision");
        long globalIdEnd = in.u64("global_ids end");
        int count = in.count("services", SERVICES_MAX, SERVICE_BYTES_MIN);
        Map<EntityType, RotatingKeys> keys = new EnumMap<>(EntityType.class);
        for (int i = 0; i < count; i++) {
            EntityType service = EntityType.fromWire(in.u32("service"), "service");
            keys.put(service, RotatingKeys.of(RotatingSecrets.read(in)));
        }
        Decoding.end(in, "authority state");
        return new AuthorityState(revision, globalIdEnd, keys);
    }

    private static byte[] digest(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
