package org.msgr2.crypto.auth.cephx;

import java.util.List;
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
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.Errno;
import org.msgr2.crypto.auth.MethodRefusedException;
import org.msgr2.crypto.key.KeyUsage;

/**
 * Shows a ticket to a service (spec/msgr2 §3.9): authorizer, challenge, the same authorizer with the challenge's answer.
 *
 * <pre>
 * AUTH_REQUEST       authorizer{nonce}                            {@link Authorizer}
 * AUTH_REPLY_MORE    sealed CephXAuthorizeChallenge, bare         {@link AuthorizeChallenge}
 * AUTH_REQUEST_MORE  authorizer{nonce, server_challenge + 1}
 * AUTH_DONE          blob(sealed CephXAuthorizeReply)             {@link AuthorizeReply}
 * </pre>
 */
final class ServiceLogin implements AuthClient {
    /** Where we are; each is left for the next one only. */
    private enum State {
        /** Nothing was sent. */
        NEW,
        /** The authorizer is out, the challenge has to come. */
        SHOWN,
        /** The challenge is answered, the service has to prove that it could open the ticket. */
        ANSWERED,
        DONE
    }

    private final EntityType service;
    private final List<ConnectionMode> modes;
    private final TicketStore store;
    private final Entropy entropy;

    private State state = State.NEW;
    private @Nullable Identity credential;
    private long nonce;

    ServiceLogin(EntityType service, List<ConnectionMode> modes, TicketStore store, Entropy entropy) {
        this.service = service;
        this.modes = modes;
        this.store = store;
        this.entropy = entropy;
    }

    @Override
    public Offer start() throws ProtocolException {
        if (state != State.NEW) {
            throw new IllegalStateException("one authorizer per connection");
        }
        // Also one that has expired by our clock: the service's keys decide, and no monitor may be there to renew it.
        credential = store.credential(service);
        if (credential == null) {
            throw new ProtocolException(FaultKind.AUTH, "no ticket for " + service + " yet: a monitor gives them");
        }
        state = State.SHOWN;
        nonce = entropy.nextLong();
        return new Offer(AuthMethod.CEPHX, modes, authorizer(credential, Authorize.first(nonce)));
    }

    @Override
    public Opaque replyMore(Opaque payload) throws ProtocolException {
        if (state != State.SHOWN || credential == null) {
            // Two answers to chosen challenges would be two authorizers to replay (CVE-2018-1128).
            throw new ProtocolException(FaultKind.AUTH, "the service challenges once, this is one more");
        }
        long challenge = Envelope.open(
                        credential.ticket().sessionKey(),
                        KeyUsage.AUTHORIZE_CHALLENGE,
                        payload,
                        AuthorizeChallenge::read)
                .challenge();
        state = State.ANSWERED;
        return authorizer(credential, Authorize.answer(nonce, challenge));
    }

    @Override
    public AuthOutcome done(long globalId, ConnectionMode mode, Opaque payload) throws ProtocolException {
        if (state != State.ANSWERED || credential == null) {
            throw new ProtocolException(FaultKind.AUTH, "the service takes an authorizer without a challenge");
        }
        Outcomes.checkMode(mode, modes);
        if (globalId != credential.globalId()) {
            throw new ProtocolException(
                    FaultKind.AUTH, "our global_id is " + credential.globalId() + ", the service says " + globalId);
        }
        WireReader in = Decoding.reader(payload);
        Opaque sealed = in.blob("authorize reply", Decoding.SEALED_BYTES_MAX);
        Decoding.end(in, "authorize reply");
        AuthorizeReply reply =
                Envelope.open(credential.ticket().sessionKey(), KeyUsage.AUTHORIZE_REPLY, sealed, AuthorizeReply::read);
        if (reply.noncePlusOne() != nonce + 1) {
            throw new ProtocolException(FaultKind.AUTH, "the service answers another authorizer");
        }
        AuthOutcome outcome =
                Outcomes.of(service, globalId, mode, credential.ticket().sessionKey(), reply.connectionSecret());
        state = State.DONE;
        return outcome;
    }

    @Override
    public Offer badMethod(int method, int result, List<Integer> allowedMethods, List<Integer> allowedModes)
            throws ProtocolException {
        if (credential != null && Errno.isDenial(result)) {
            // Its keys may have rotated past our ticket.
            store.refused(credential.ticket());
        }
        throw new MethodRefusedException(AuthMethod.CEPHX, result, allowedMethods, allowedModes);
    }

    private Opaque authorizer(Identity shown, Authorize authorize) {
        return Authorizer.of(shown, authorize, entropy).encoded();
    }
}
