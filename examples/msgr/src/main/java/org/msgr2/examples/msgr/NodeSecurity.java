package org.msgr2.examples.msgr;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityName;
import org.msgr2.crypto.auth.AuthProvider;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.cephx.AuthorityOptions;
import org.msgr2.crypto.auth.cephx.CephxAuth;
import org.msgr2.crypto.auth.cephx.CephxClient;
import org.msgr2.crypto.auth.cephx.CephxConfig;
import org.msgr2.crypto.auth.cephx.CephxServer;
import org.msgr2.crypto.auth.cephx.FailedLogins;
import org.msgr2.crypto.auth.cephx.FileStateStore;
import org.msgr2.crypto.auth.cephx.LoginListener;
import org.msgr2.crypto.auth.cephx.TicketAuthority;
import org.msgr2.crypto.auth.none.NoneAuth;
import org.msgr2.crypto.onwire.AeadProvider;

/** {@link NodeAuth} at work: keys are read, and there is an authority that issues tickets. */
final class NodeSecurity implements AutoCloseable {
    private static final String KEYRING = "keyring";
    private static final String AUTHORITY = "authority";

    /** Of each claimed name, in the log. */
    private static final int REFUSALS_MAX = 1;

    private static final Duration REFUSALS_INTERVAL = Duration.ofMinutes(1);

    private final AuthProvider provider;
    private final List<ConnectionMode> modes;
    private final @Nullable NodeKeyring keyring;
    private final @Nullable TicketAuthority authority;
    private final @Nullable FailedLogins failedLogins;

    private NodeSecurity(
            AuthProvider provider,
            List<ConnectionMode> modes,
            @Nullable NodeKeyring keyring,
            @Nullable TicketAuthority authority,
            @Nullable FailedLogins failedLogins) {
        this.provider = provider;
        this.modes = modes;
        this.keyring = keyring;
        this.authority = authority;
        this.failedLogins = failedLogins;
    }

    /** @param data needed for cephx */
    static NodeSecurity open(NodeAuth auth, EntityName node, @Nullable Path data) throws Failure {
        if (!(auth instanceof NodeAuth.Cephx cephx)) {
            return new NodeSecurity(new NoneAuth(node), List.of(ConnectionMode.CRC), null, null, null);
        }
        if (data == null) {
            throw Failure.usage("cephx needs a directory for keys: give --data DIR");
        }
        Entropy entropy = new SecureRandom()::nextBytes;
        InstantSource clock = InstantSource.system();
        NodeKeyring keyring = cephx.keyring() == null
                ? NodeKeyring.readOrMake(data.resolve(KEYRING), node, entropy)
                : NodeKeyring.read(cephx.keyring(), node);
        FailedLogins failed = new FailedLogins(REFUSALS_MAX, REFUSALS_INTERVAL, clock, entropy, cephx.refusals());
        TicketAuthority authority = authority(keyring, data, clock, entropy, failed);
        CephxClient self = new CephxClient(CephxConfig.of(node, keyring.own()), clock, entropy);
        CephxServer server = CephxServer.monitor(authority).withModes(cephx.modes());
        return new NodeSecurity(new CephxAuth(self, server), cephx.modes(), keyring, authority, failed);
    }

    private static TicketAuthority authority(
            NodeKeyring keyring, Path data, InstantSource clock, Entropy entropy, LoginListener listener)
            throws Failure {
        Path file = data.resolve(AUTHORITY);
        try {
            return TicketAuthority.open(
                    keyring.keys(), AuthorityOptions.DEFAULTS, new FileStateStore(file), clock, entropy, listener);
        } catch (IOException e) {
            throw Failure.of("cannot use the ticket keys " + file + ": " + Faults.file(e), e);
        }
    }

    AuthProvider provider() {
        return provider;
    }

    /** Null without cephx. */
    @Nullable TicketAuthority authority() {
        return authority;
    }

    /** Null without cephx. */
    @Nullable NodeKeyring keyring() {
        return keyring;
    }

    String method() {
        return authority == null ? "none" : "cephx";
    }

    List<ConnectionMode> modes() {
        return modes;
    }

    /** Whose cipher it is in secure mode; null if that is not offered. */
    @Nullable String aead() {
        return modes.contains(ConnectionMode.SECURE) ? AeadProvider.preferred().description() : null;
    }

    /** Null if nobody logs in here. */
    @Nullable FailedLogins failures() {
        return failedLogins;
    }

    /** How many were refused, for which reason. */
    Map<LoginListener.Reason, Long> failedLogins() {
        return failedLogins == null ? Map.of() : failedLogins.counts();
    }

    /** Forgets the keys, once nobody can log in any more. */
    @Override
    public void close() {
        if (keyring != null) {
            keyring.keys().destroy();
        }
    }
}
