package org.msgr2.session.driver;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;

/** The sessions of a messenger: who has the place of a peer, and how many there may be. Thread-safe. */
final class SessionRegistry {
    private final int connectionsMax;
    /** By the address that is dialled, since one peer can be named by one address or by all of them. */
    private final Map<EntityAddr, ConnectionHandle> dialled = new ConcurrentHashMap<>();
    /**
     * Sessions by their peer's addresses, dialled and accepted alike: at most one for each (spec/msgr2 §5.10). Those of one key
     * are added and removed on one loop, except that any thread may dial.
     */
    private final Map<EntityAddrVec, ConnectionHandle> registered = new ConcurrentHashMap<>();

    private final Set<ConnectionHandle> all = ConcurrentHashMap.newKeySet();
    private final AbsentPeers absent = new AbsentPeers();
    private volatile boolean closed;

    SessionRegistry(int connectionsMax) {
        this.connectionsMax = connectionsMax;
    }

    /**
     * The session with that peer: the one that lives, or a new one, which begins to dial.
     *
     * @param create makes the new one
     */
    ConnectionHandle dial(EntityAddrVec peer, Supplier<ConnectionHandle> create) {
        synchronized (dialled) {
            ConnectionHandle existing = find(peer);
            if (existing == null || existing.isClosed()) {
                ConnectionHandle handle = create.get();
                existing = register(peer, handle);
                if (existing.equals(handle)) {
                    all.add(handle);
                    dialled.put(peer.msgr2(), handle);
                    handle.driver().dial();
                }
            }
            return existing;
        }
    }

    /** The session with that peer, by the address that is dialled or by all of them; perhaps it has ended. */
    @Nullable ConnectionHandle find(EntityAddrVec peer) {
        return dialled.getOrDefault(peer.msgr2(), registered.get(peer));
    }

    /** @return who has the place from now on: the one that lives there, else the new one */
    private ConnectionHandle register(EntityAddrVec peer, ConnectionHandle handle) {
        return registered.compute(peer, (key, there) -> there == null || there.isClosed() ? handle : there);
    }

    /** Adds a session that nobody else can find. */
    void addAnonymous(ConnectionHandle handle) {
        all.add(handle);
    }

    /**
     * Adds a session that a peer has begun.
     *
     * @throws ProtocolException if there are too many by now, or the application has begun to dial the peer at this moment
     */
    void accept(ConnectionHandle handle) throws ProtocolException {
        // First added, then counted: so that several loops together keep the bound, and closing misses none.
        all.add(handle);
        if (closed || (all.size() > connectionsMax && !evictAbsent())) {
            all.remove(handle);
            throw tooMany();
        }
        if (handle.key() != null && !register(handle.key(), handle).equals(handle)) {
            all.remove(handle);
            throw new ProtocolException(FaultKind.SEQUENCE, "a session with the peer has begun elsewhere");
        }
    }

    /** Makes room: a session whose peer is gone ends. */
    private boolean evictAbsent() {
        ConnectionHandle oldest = absent.takeOldest();
        if (oldest == null) {
            return false;
        }
        all.remove(oldest); // it counts no more, though its loop may get to it later
        oldest.driver().displaced("there are " + connectionsMax + " connections, and its peer is gone for the longest");
        return true;
    }

    /** The session with that peer, if there is one. On its loop. */
    @Nullable ConnectionDriver registered(EntityAddrVec peer) {
        ConnectionHandle handle = registered.get(peer);
        return handle == null ? null : handle.driver();
    }

    /** The peer of a session is gone, or is back. Sessions that the application has asked for do not give way to others. */
    void absent(ConnectionHandle handle, boolean gone) {
        boolean isOurs = handle.key() == null || handle.equals(dialled.get(handle.peerAddr()));
        if (gone && !isOurs) {
            absent.left(handle);
        } else {
            absent.remove(handle);
        }
    }

    void ended(ConnectionHandle handle) {
        all.remove(handle);
        absent.remove(handle);
        dialled.remove(handle.peerAddr(), handle);
        if (handle.key() != null) {
            registered.remove(handle.key(), handle);
        }
    }

    boolean full() {
        return closed || (all.size() >= connectionsMax && absent.isEmpty());
    }

    /** From now on nobody is accepted. */
    void close() {
        closed = true;
    }

    Collection<ConnectionHandle> all() {
        return Set.copyOf(all);
    }

    int size() {
        return all.size();
    }

    static ProtocolException tooMany() {
        return new ProtocolException(FaultKind.LIMIT, "no more connections are accepted");
    }
}
