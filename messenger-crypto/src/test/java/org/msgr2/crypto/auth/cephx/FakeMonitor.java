package org.msgr2.crypto.auth.cephx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.UTime;
import org.msgr2.core.wire.WireReader;
import org.msgr2.crypto.auth.AuthClient;
import org.msgr2.crypto.auth.AuthOutcome;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;
import org.msgr2.crypto.key.KeyUsage;

/**
 * The least that a monitor does, written against the specification alone, in pieces so that a test can have it lie. Checks
 * what the client says by assertions. Not thread-safe.
 */
final class FakeMonitor {
    static final EntityName CLIENT = new EntityName(EntityType.CLIENT, "admin");
    static final long GLOBAL_ID = 4711;
    static final long CHALLENGE = 0x1122334455667788L;
    static final UTime AUTH_VALIDITY = new UTime(72 * 3600, 0);
    static final UTime SERVICE_VALIDITY = new UTime(3600, 0);

    final Entropy entropy;
    final CryptoKey entityKey;
    final CryptoKey rotatingKey;

    /** Of the tickets that were given last. */
    final Map<EntityType, CryptoKey> sessionKeys = new EnumMap<>(EntityType.class);

    final Map<EntityType, TicketBlob> blobs = new EnumMap<>(EntityType.class);
    final Opaque connectionSecret;

    FakeMonitor(KeyType type, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        entropy = random::nextBytes;
        entityKey = key(type);
        rotatingKey = key(type);
        byte[] secret = new byte[64];
        entropy.nextBytes(secret);
        connectionSecret = Opaque.copyOf(secret);
    }

    CryptoKey key(KeyType type) {
        return CryptoKey.generate(type, UTime.ZERO, entropy);
    }

    CephxConfig config() {
        return CephxConfig.of(CLIENT, entityKey);
    }

    /** AUTH_REPLY_MORE. */
    Opaque challenge() {
        return new ServerChallenge(CHALLENGE).encoded();
    }

    /** What AUTH_REQUEST_MORE says, if its proof is right. */
    Authenticate verified(Opaque proof) throws Exception {
        WireReader in = Decoding.reader(proof);
        assertThat(RequestType.read(in)).isEqualTo(RequestType.GET_AUTH_SESSION_KEY);
        Authenticate authenticate = Authenticate.read(in);
        assertThat(in.remaining()).isZero();
        assertThat(authenticate.version()).isEqualTo(3);
        assertThat(authenticate.proof()).isEqualTo(entityKey.challengeProof(CHALLENGE, authenticate.clientChallenge()));
        return authenticate;
    }

    /**
     * A ticket for a new session key.
     *
     * @param key seals what is for the client
     * @param oldKey seals the ticket, if not null
     */
    IssuedTicket issue(EntityType service, CryptoKey key, @Nullable CryptoKey oldKey, UTime validity) {
        CryptoKey sessionKey = key(entityKey.type());
        sessionKeys.put(service, sessionKey);
        AuthTicket ticket =
                new AuthTicket(CLIENT, GLOBAL_ID, AuthTicket.AUID, UTime.ZERO, validity, AuthCaps.of("allow *"), 0);
        TicketBlob blob = new TicketBlob(
                2,
                Envelope.seal(rotatingKey, KeyUsage.TICKET_INFO, new ServiceTicketInfo(ticket, sessionKey), entropy));
        blobs.put(service, blob);
        Encodable boxed = out -> out.blob(blob.encoded());
        return new IssuedTicket(
                service.code(),
                Envelope.seal(key, KeyUsage.TICKET_SESSION_KEY, new ServiceTicket(sessionKey, validity), entropy),
                oldKey != null,
                oldKey == null ? blob.encoded() : Envelope.seal(oldKey, KeyUsage.TICKET_BLOB, boxed, entropy));
    }

    /** Tickets for these services, for the owner of the AUTH ticket that was given last. */
    ServiceTicketReply services(Set<EntityType> asked) {
        List<IssuedTicket> tickets = new ArrayList<>();
        for (EntityType service : asked) {
            tickets.add(issue(service, authKey(), null, SERVICE_VALIDITY));
        }
        return new ServiceTicketReply(tickets);
    }

    CryptoKey authKey() {
        return sessionKeys.get(EntityType.AUTH);
    }

    /** An AUTH ticket, and others. */
    LoginReply login(@Nullable CryptoKey oldKey, Set<EntityType> asked, ConnectionMode mode) {
        IssuedTicket auth = issue(EntityType.AUTH, entityKey, oldKey, AUTH_VALIDITY);
        Opaque extra = asked.isEmpty() ? Opaque.EMPTY : services(asked).encoded();
        Opaque secret = mode == ConnectionMode.SECURE ? connectionSecret : Opaque.EMPTY;
        return new LoginReply(new ServiceTicketReply(List.of(auth)), secretBlob(secret), extra);
    }

    Opaque secretBlob(Opaque secret) {
        Opaque sealed = Envelope.seal(authKey(), KeyUsage.AUTH_CONNECTION_SECRET, out -> out.blob(secret), entropy);
        Encodable blob = out -> out.blob(sealed);
        return blob.encoded();
    }

    /** The payload of AUTH_DONE or of an MAuthReply. */
    static Opaque reply(RequestType type, int status, Encodable body) {
        Encodable reply = out -> {
            new ResponseHeader(type, status).write(out);
            body.write(out);
        };
        return reply.encoded();
    }

    static Opaque reply(LoginReply login) {
        return reply(RequestType.GET_AUTH_SESSION_KEY, 0, login);
    }

    static AuthReplyMessage message(Opaque payload) {
        return new AuthReplyMessage(2, 0, GLOBAL_ID, payload, "");
    }

    /** A whole login, as it should be. */
    AuthOutcome logIn(CephxClient client, ConnectionMode mode) throws Exception {
        AuthClient login = client.client(EntityType.MON);
        login.start();
        Authenticate asked = verified(login.replyMore(challenge()));
        CryptoKey oldKey = asked.oldTicket().isEmpty() ? null : authKey();
        return login.done(GLOBAL_ID, mode, reply(login(oldKey, services(asked.otherKeys()), mode)));
    }

    /** A mask without AUTH. */
    static Set<EntityType> services(int mask) {
        Set<EntityType> services = EnumSet.noneOf(EntityType.class);
        for (EntityType type : List.of(EntityType.MON, EntityType.MDS, EntityType.OSD, EntityType.MGR)) {
            if ((mask & type.code()) != 0) {
                services.add(type);
            }
        }
        return services;
    }
}
