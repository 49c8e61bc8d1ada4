package org.msgr2.crypto.auth.cephx;

import java.time.Duration;
import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.Entropy;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;

/**
 * The keys that tickets for one service are sealed with: previous, current and next (spec/msgr2 §3.11). The monitor makes
 * them and seals with the current one; the service opens with any of the three, so neither has to change at the same
 * moment as the other. An immutable snapshot; thread-safe.
 */
public final class RotatingKeys {
    /** Before the first have arrived. */
    public static final RotatingKeys EMPTY = new RotatingKeys(new RotatingSecrets(new TreeMap<>(), 0));

    /** Previous, current, next. */
    static final int KEYS = 3;

    /** A secret_id that stands for the key all monitors share, and is never a rotating one's. */
    private static final long GENERAL = -1;

    private static final Duration REFRESH_BEFORE_MAX = Duration.ofSeconds(30);

    private final RotatingSecrets secrets;

    private RotatingKeys(RotatingSecrets secrets) {
        this.secrets = secrets;
    }

    public static RotatingKeys of(RotatingSecrets secrets) {
        return new RotatingKeys(secrets);
    }

    /** What the monitor says now. It alone decides: even an older version replaces ours, as after its restoration. */
    public RotatingKeys update(RotatingSecrets newer) {
        return newer.equals(secrets) ? this : of(newer);
    }

    public RotatingSecrets secrets() {
        return secrets;
    }

    public boolean isEmpty() {
        return secrets.keys().isEmpty();
    }

    @Nullable ExpiringKey find(long secretId) {
        return secrets.keys().get(secretId);
    }

    /** Whether a ticket's key may exist, and only has not reached us yet. */
    boolean mayAppear(long secretId) {
        return secretId != GENERAL && Long.compareUnsigned(secretId, secrets.maxVersion()) > 0;
    }

    /** The key before the newest seals; the only one if there is one. */
    long currentId() {
        SortedMap<Long, ExpiringKey> older =
                secrets.keys().headMap(secrets.keys().lastKey());
        return older.isEmpty() ? secrets.keys().lastKey() : older.lastKey();
    }

    ExpiringKey current() {
        return known(currentId());
    }

    ExpiringKey next() {
        return known(secrets.keys().lastKey());
    }

    private ExpiringKey known(long id) {
        ExpiringKey key = find(id);
        if (key == null) {
            throw new IllegalStateException("no rotating key " + id);
        }
        return key;
    }

    /** For how long a key is the current one; of the oldest, whose predecessor is gone, what it can have been at most. */
    Duration span(long id) {
        ExpiringKey key = known(id);
        SortedMap<Long, ExpiringKey> older = secrets.keys().headMap(id);
        UTime from =
                older.isEmpty() ? key.key().created() : known(older.lastKey()).expiration();
        return Duration.between(from.toInstant(), key.expiration().toInstant());
    }

    /** Whether a service should ask for newer ones (spec/msgr2 §3.11). */
    boolean refreshDue(Instant now) {
        if (isEmpty()) {
            return true;
        }
        Duration quarter = span(currentId()).dividedBy(4);
        Duration before = quarter.compareTo(REFRESH_BEFORE_MAX) < 0 ? quarter : REFRESH_BEFORE_MAX;
        return current().expiration().toInstant().isBefore(now.minus(before));
    }

    /** Whether the monitor has to make another. */
    boolean rotationDue(Instant now) {
        return secrets.keys().size() < KEYS
                || !now.isBefore(current().expiration().toInstant());
    }

    /**
     * As many new keys as are due. The first expires after one ttl, each further one at least a ttl later; the oldest goes
     * when there are more than three.
     */
    RotatingKeys rotated(Instant now, Duration ttl, KeyType type, Entropy entropy) {
        RotatingKeys keys = this;
        // At most three rounds: the third new key makes the second, which lives for two ttl from now, the current one.
        while (keys.rotationDue(now)) {
            Instant expiration = now;
            if (!keys.isEmpty()) {
                Instant last = keys.next().expiration().toInstant();
                Instant soonest = now.plus(ttl);
                expiration = soonest.isAfter(last) ? soonest : last;
            }
            SortedMap<Long, ExpiringKey> more = new TreeMap<>(keys.secrets.keys());
            long id = keys.secrets.maxVersion() + 1;
            CryptoKey key = CryptoKey.generate(type, WallTime.of(now), entropy);
            more.put(id, new ExpiringKey(key, WallTime.of(expiration.plus(ttl))));
            if (more.size() > KEYS) {
                more.remove(more.firstKey());
            }
            keys = of(new RotatingSecrets(more, id));
        }
        return keys;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RotatingKeys that && secrets.equals(that.secrets);
    }

    @Override
    public int hashCode() {
        return secrets.hashCode();
    }

    /** Ids, no keys. */
    @Override
    public String toString() {
        return "rotating keys " + secrets.keys().keySet();
    }
}
