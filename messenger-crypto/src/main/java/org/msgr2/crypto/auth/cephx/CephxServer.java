package org.msgr2.crypto.auth.cephx;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.crypto.auth.AuthServer;
import org.msgr2.crypto.auth.AuthServerProvider;
import org.msgr2.crypto.auth.ConnectionMode;

/**
 * The accepting half of a node's credentials: as a monitor, as a service, or as both, and with method NONE only if that is
 * added. Immutable; thread-safe.
 */
public final class CephxServer implements AuthServerProvider {
    private static final List<ConnectionMode> BOTH = List.of(ConnectionMode.CRC, ConnectionMode.SECURE);

    private final @Nullable TicketAuthority authority;
    private final @Nullable AuthorizerVerifier verifier;
    private final @Nullable AuthServerProvider none;
    private final Function<EntityType, List<ConnectionMode>> modes;

    private CephxServer(
            @Nullable TicketAuthority authority,
            @Nullable AuthorizerVerifier verifier,
            @Nullable AuthServerProvider none,
            Function<EntityType, List<ConnectionMode>> modes) {
        this.authority = authority;
        this.verifier = verifier;
        this.none = none;
        this.modes = modes;
    }

    /** A monitor's: peers log in with their own keys. */
    public static CephxServer monitor(TicketAuthority authority) {
        return new CephxServer(authority, null, null, type -> BOTH);
    }

    /** A service's: peers show tickets. */
    public static CephxServer service(AuthorizerVerifier verifier) {
        return new CephxServer(null, verifier, null, type -> BOTH);
    }

    /** Peers may also show tickets. */
    public CephxServer withService(AuthorizerVerifier added) {
        return new CephxServer(authority, added, none, modes);
    }

    /** Peers may also just say their name; they get no capabilities for it. */
    public CephxServer withNone(AuthServerProvider added) {
        return new CephxServer(authority, verifier, added, modes);
    }

    /** Only these connection modes; without this, both. */
    public CephxServer withModes(List<ConnectionMode> allowed) {
        List<ConnectionMode> copy = checked(allowed);
        return new CephxServer(authority, verifier, none, type -> copy);
    }

    /**
     * Modes that depend on who the peer's HELLO says it is (spec/msgr2 §3.3).
     *
     * @param allowed those of types that are not in it are both
     */
    public CephxServer withModes(Map<EntityType, List<ConnectionMode>> allowed) {
        Map<EntityType, List<ConnectionMode>> copy = Map.copyOf(allowed);
        copy.values().forEach(CephxServer::checked);
        return new CephxServer(authority, verifier, none, type -> copy.getOrDefault(type, BOTH));
    }

    private static List<ConnectionMode> checked(List<ConnectionMode> allowed) {
        if (allowed.isEmpty() || allowed.contains(ConnectionMode.UNKNOWN)) {
            throw new IllegalArgumentException("connection modes must be crc or secure or both: " + allowed);
        }
        return List.copyOf(allowed);
    }

    @Override
    public AuthServer server(EntityType peerType) {
        return server(peerType, listener());
    }

    @Override
    public AuthServer server(EntityType peerType, EntityAddr from) {
        return server(peerType, listener().from(from));
    }

    private AuthServer server(EntityType peerType, LoginListener listener) {
        List<ConnectionMode> allowed = modes.apply(peerType);
        return new MethodChoice(
                authority == null ? null : authority.server(allowed, listener),
                verifier == null ? null : verifier.server(allowed, listener),
                none == null ? null : none.server(peerType),
                allowed,
                listener);
    }

    /** Of a node that is both, the monitor's hears everything. */
    private LoginListener listener() {
        return authority != null ? authority.listener() : verifier != null ? verifier.listener() : LoginListener.NONE;
    }
}
