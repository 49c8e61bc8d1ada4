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

    /** Sessions that wait for the end of one that is closed and still sends its rest. Under the lock of {@link #dialled}. */
    private final Succession<ConnectionHandle> succession = new Succession<>();

    private final Set<ConnectionHandle> all = ConcurrentHashMap.newKeySet();
    private final AbsentPeers absent = new AbsentPeers();
    private volatile boolean closed;

    SessionRegistry(int connectionsMax) {
        this.connectionsMax = connectionsMax;
    }

    /**
     * The session with that peer: the one that lives, or a new one, which begins to dial; when its predecessor has ended, if that
     * is closed and still sends its rest. Two at a time would push each other out, since they have the same addresses.
     *
     * @param create makes the new one
     */
    ConnectionHandle dial(EntityAddrVec peer, Supplier<ConnectionHandle> create) {
        synchronized (dialled) {
            ConnectionHandle existing = find(peer);
            if (existing != null && !existing.isClosed()) {
                return existing;
            }
            ConnectionHandle handle = create.get();
            ConnectionHandle inPlace = registered.putIfAbsent(peer, handle);
            if (inPlace != null && !inPlace.isClosed()) {
                return inPlace;
            }
            all.add(handle);
            dialled.put(peer.msgr2(), handle);
            ConnectionHandle predecessor = closing(existing, inPlace);
            if (predecessor == null) {
                handle.driver().dial();
            } else {
                succession.waits(handle, predecessor);
            }
            return handle;
        }
    }

    /** Which of them a new session waits for: the last that was dialled; null if for none. */
    private static @Nullable ConnectionHandle closing(
            @Nullable ConnectionHandle lastDialled, @Nullable ConnectionHandle inPlace) {
        return lastDialled == null ? inPlace : lastDialled;
    }

    /** The session with that peer, by the address that is dialled or by all of them; perhaps it is closed. */
    @Nullable ConnectionHandle find(EntityAddrVec peer) {
        return dialled.getOrDefault(peer.msgr2(), registered.get(peer));
    }

    private void takePlace(ConnectionHandle successor) {
        EntityAddrVec peer = successor.key();
        if (peer == null) {
            throw new IllegalStateException("nobody finds " + successor);
        }
        ConnectionHandle now = registered.merge(peer, successor, (there, late) -> there.isClosed() ? late : there);
        if (successor.equals(now)) {
            successor.driver().dial();
        } else {
            successor.driver().displaced("the peer has begun a session meanwhile");
        }
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
        if (handle.key() != null && registered.putIfAbsent(handle.key(), handle) != null) {
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
        synchronized (dialled) {
            dialled.remove(handle.peerAddr(), handle);
            if (handle.key() != null) {
                registered.remove(handle.key(), handle);
            }
            ConnectionHandle successor = succession.ended(handle);
            if (successor != null) {
                takePlace(successor);
            }
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
