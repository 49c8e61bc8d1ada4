package org.msgr2.session.handshake;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.auth.AuthClient;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.AuthOutcome;
import org.msgr2.crypto.auth.AuthProvider;
import org.msgr2.crypto.auth.AuthReply;
import org.msgr2.crypto.auth.AuthServer;
import org.msgr2.crypto.auth.Capabilities;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.PeerIdentity;
import org.msgr2.crypto.auth.SessionKey;

/**
 * Both ends of an authentication that goes as the test wants it: refused so often, in so many rounds, answered later,
 * with such a key. Notes what it is asked. Payloads are the number of their round.
 */
final class ScriptedAuth implements AuthProvider, AuthClient, AuthServer {
    static final long GLOBAL_ID = 4711;
    static final EntityName CLIENT = EntityName.parse("client.scripted");

    final List<String> asked = new ArrayList<>();
    private SessionKey key = SessionKey.NONE;
    private ConnectionMode chosen = ConnectionMode.CRC;
    private EntityName name = CLIENT;
    private Opaque secret = Opaque.EMPTY;
    private int refusals;
    private int rounds;
    private boolean stubborn;
    private boolean late;
    private @Nullable CompletableFuture<AuthReply> awaited;
    private @Nullable AuthReply owed;

    /** The key that both ends come to. */
    ScriptedAuth key(SessionKey sessionKey) {
        key = sessionKey;
        return this;
    }

    /** The mode that the acceptor chooses, whatever it was offered. */
    ScriptedAuth chosen(ConnectionMode mode) {
        chosen = mode;
        return this;
    }

    /** Secure mode is offered and chosen, and this is its secret. */
    ScriptedAuth secure(Opaque connectionSecret) {
        chosen = ConnectionMode.SECURE;
        secret = connectionSecret;
        return this;
    }

    /** Whom the connector proves to be. */
    ScriptedAuth name(EntityName proven) {
        name = proven;
        return this;
    }

    /** So many requests are refused before one is taken. */
    ScriptedAuth refusals(int count) {
        refusals = count;
        return this;
    }

    /** The acceptor asks for more so often. */
    ScriptedAuth rounds(int count) {
        rounds = count;
        return this;
    }

    /** The connector gives up when it is refused. */
    ScriptedAuth stubborn() {
        stubborn = true;
        return this;
    }

    /** Every answer of the acceptor comes later: when {@link #answer} is called. */
    ScriptedAuth late() {
        late = true;
        return this;
    }

    /** Completes the answer that is awaited. */
    void answer() {
        AuthReply reply = owed;
        CompletableFuture<AuthReply> future = awaited;
        if (reply == null || future == null) {
            throw new AssertionError("no answer is awaited");
        }
        awaited = null;
        owed = null;
        future.complete(reply);
    }

    @Override
    public AuthClient client(EntityType peerType) {
        asked.add("client for " + peerType);
        return this;
    }

    @Override
    public AuthServer server(EntityType peerType) {
        asked.add("server for " + peerType);
        return this;
    }

    // --- The connector

    @Override
    public Offer start() {
        List<ConnectionMode> modes = List.of(secret.isEmpty() ? ConnectionMode.CRC : ConnectionMode.SECURE);
        return new Offer(AuthMethod.CEPHX, modes, number(0));
    }

    @Override
    public Opaque replyMore(Opaque payload) {
        return number(round(payload));
    }

    @Override
    public AuthOutcome done(long globalId, ConnectionMode mode, Opaque payload) {
        return outcome();
    }

    @Override
    public Offer badMethod(int method, int result, List<Integer> allowedMethods, List<Integer> allowedModes)
            throws ProtocolException {
        asked.add("bad method " + method + " " + result + " " + allowedMethods + " " + allowedModes);
        if (stubborn) {
            throw new ProtocolException(FaultKind.AUTH, "refused");
        }
        return new Offer(AuthMethod.NONE, List.of(ConnectionMode.SECURE, ConnectionMode.CRC), number(100));
    }

    // --- The acceptor

    @Override
    public AuthReply request(int method, List<Integer> preferredModes, Opaque payload) {
        asked.add("request " + method + " " + preferredModes + " " + round(payload));
        if (refusals > 0) {
            refusals--;
            return now(new AuthReply.BadMethod(
                    -95, List.of(AuthMethod.NONE), List.of(ConnectionMode.CRC, ConnectionMode.SECURE)));
        }
        return next();
    }

    @Override
    public AuthReply requestMore(Opaque payload) {
        asked.add("more " + round(payload));
        return next();
    }

    private AuthReply next() {
        return now(
                rounds > 0
                        ? new AuthReply.More(number(rounds--))
                        : new AuthReply.Done(GLOBAL_ID, chosen, Opaque.EMPTY, outcome()));
    }

    private AuthReply now(AuthReply reply) {
        if (!late) {
            return reply;
        }
        CompletableFuture<AuthReply> future = new CompletableFuture<>();
        awaited = future;
        owed = reply;
        return new AuthReply.Later(future);
    }

    private AuthOutcome outcome() {
        return new AuthOutcome(new PeerIdentity(AuthMethod.CEPHX, name, GLOBAL_ID, Capabilities.NONE), key, secret);
    }

    private static int round(Opaque payload) {
        return payload.isEmpty() ? -1 : payload.toByteArray()[0];
    }

    private static Opaque number(int round) {
        return Opaque.copyOf(new byte[] {(byte) round});
    }
}
