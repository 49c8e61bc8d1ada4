package org.msgr2.crypto.auth.cephx;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/**
 * RotatingSecrets, the keys that the tickets for one service are sealed with: {@code u8 1, map<u64 id, ExpiringCryptoKey>,
 * u64 max_ver} (spec/msgr2 §3.7, §3.11): usually the previous, the current and the next. Immutable.
 *
 * @param keys by secret_id
 * @param maxVersion the newest secret_id that was ever given out
 */
public record RotatingSecrets(SortedMap<Long, ExpiringKey> keys, long maxVersion) implements Encodable {
    private static final int VERSION = 1;

    public RotatingSecrets {
        keys = Collections.unmodifiableSortedMap(new TreeMap<>(keys));
    }

    static RotatingSecrets read(WireReader in) throws WireException {
        Decoding.version(in, VERSION, "rotating secrets");
        int count = in.count("rotating secrets", Decoding.ROTATING_KEYS_MAX, Long.BYTES + ExpiringKey.BYTES_MIN);
        SortedMap<Long, ExpiringKey> keys = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            long id = in.u64("rotating secret id");
            if (keys.put(id, ExpiringKey.read(in)) != null) {
                throw new WireException("rotating secret id: " + id + " twice");
            }
        }
        return new RotatingSecrets(keys, in.u64("max_ver"));
    }

    @Override
    public void write(WireWriter out) {
        out.u8(VERSION).u32(keys.size());
        for (Map.Entry<Long, ExpiringKey> entry : keys.entrySet()) {
            entry.getValue().write(out.u64(entry.getKey()));
        }
        out.u64(maxVersion);
    }
}
