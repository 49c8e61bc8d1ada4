package org.msgr2.crypto.auth.cephx;

import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.Entropy;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireReader;
import org.msgr2.crypto.auth.AuthClient;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.AuthOutcome;
import org.msgr2.crypto.auth.AuthSession;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.Errno;
import org.msgr2.crypto.auth.MethodRefusedException;

/**
 * Logs in at a monitor (spec/msgr2 §3.8): name and id, challenge, proof, tickets.
 *
 * <pre>
 * AUTH_REQUEST       u8 10, EntityName, u64 global_id     {@link MonRequest}
 * AUTH_REPLY_MORE    CephXServerChallenge                 {@link ServerChallenge}
 * AUTH_REQUEST_MORE  u16 0x0100, CephXAuthenticate        {@link LoginRequest}
 * AUTH_DONE          CephXResponseHeader, tickets         {@link LoginReader}
 * </pre>
 */
final class MonLogin implements AuthClient {
    /** Where the login is; each is left for the next one only. */
    private enum State {
        /** Nothing was sent. */
        NEW,
        /** The request is out, the challenge has to come. */
        REQUESTED,
        /** The proof is out, tickets have to come. */
        PROVED,
        DONE
    }

    private final CephxConfig config;
    private final TicketStore store;
    private final Completion completion;
    private final InstantSource clock;
    private final Entropy entropy;

    private State state = State.NEW;
    private @Nullable Identity presented;
    private Set<EntityType> asked = Set.of();
    private long serverChallenge;

    /** Who wants to know that a login is complete. */
    @FunctionalInterface
    interface Completion {
        /**
         * @param serverChallenge proves further logins on the same session
         * @return stays with the connection
         */
        AuthSession loggedIn(long serverChallenge);
    }

    MonLogin(CephxConfig config, TicketStore store, Completion completion, InstantSource clock, Entropy entropy) {
        this.config = config;
        this.store = store;
        this.completion = completion;
        this.clock = clock;
        this.entropy = entropy;
    }

    @Override
    public Offer start() {
        if (state != State.NEW) {
            throw new IllegalStateException("one login per connection");
        }
        state = State.REQUESTED;
        presented = store.identity();
        MonRequest request = new MonRequest(config.self(), presented == null ? 0 : presented.globalId());
        return new Offer(AuthMethod.CEPHX, config.monModes(), request.encoded());
    }

    @Override
    public Opaque replyMore(Opaque payload) throws ProtocolException {
        if (state != State.REQUESTED) {
            throw new ProtocolException(FaultKind.AUTH, "the monitor challenges once, this is one more");
        }
        WireReader in = Decoding.reader(payload);
        serverChallenge = ServerChallenge.read(in).challenge();
        Decoding.end(in, "server challenge");
        state = State.PROVED;
        asked = store.dueAtLogin(clock.instant());
        return LoginRequest.payload(config.key(), serverChallenge, presented, asked, entropy);
    }

    @Override
    public AuthOutcome done(long globalId, ConnectionMode mode, Opaque payload) throws ProtocolException {
        if (state != State.PROVED) {
            throw new ProtocolException(FaultKind.AUTH, "the monitor wants no proof of us: it is none");
        }
        Outcomes.checkMode(mode, config.monModes());
        if (globalId == 0) {
            throw new ProtocolException(FaultKind.AUTH, "the monitor gives no global_id");
        }
        WireReader in = Decoding.reader(payload);
        LoginReader.header(in, RequestType.GET_AUTH_SESSION_KEY);
        LoginReader.Login login = LoginReader.login(in, config.key(), presented, asked, clock.instant());
        AuthOutcome outcome =
                Outcomes.of(EntityType.MON, globalId, mode, login.ticket().sessionKey(), login.secret());
        // Last: until here nothing of a bad reply has been adopted.
        store.login(presented, new Identity(globalId, login.ticket()), login.extra(), asked);
        state = State.DONE;
        AuthSession session = completion.loggedIn(serverChallenge);
        return new AuthOutcome(outcome.identity(), outcome.sessionKey(), outcome.connectionSecret(), session);
    }

    @Override
    public Offer badMethod(int method, int result, List<Integer> allowedMethods, List<Integer> allowedModes)
            throws ProtocolException {
        if (state == State.PROVED && presented != null && Errno.isDenial(result)) {
            // The monitor may not know our ticket any more; the proof itself has no other way to fail than the first
            // time. The next login asks for a new id (spec/msgr2 §3.10).
            store.forget(presented);
        }
        throw new MethodRefusedException(AuthMethod.CEPHX, result, allowedMethods, allowedModes);
    }
}
