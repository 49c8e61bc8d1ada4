package org.msgr2.session.testing.sim;

import java.nio.ByteBuffer;
import java.util.List;
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
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.PeerIdentity;
import org.msgr2.crypto.auth.SessionKey;

/**
 * An authentication with the shape of cephx and without its cost: a ticket that names its holder and ends at a time, a second
 * round, a session key, a connection secret. Nobody can be fooled who does not want to be: this is about sessions.
 *
 * <pre>
 * request, twice: u64 number of the entity, u64 end of its ticket in ms
 * done: u8[64] connection secret in secure mode, nothing otherwise
 * </pre>
 */
final class SimAuth implements AuthProvider {
    private static final SessionKey KEY =
            SessionKey.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
    private static final int SECRET_BYTES = 64;

    private final EntityName self;
    private final SimTime time;
    private final SimRandom random;
    private final boolean secure;
    private final Runnable refused;
    private long ticketEndMs = Long.MIN_VALUE;
    private long validityMs = 3_600_000;

    /** @param refused is told when a ticket turns out to have ended after it was shown for the first time */
    SimAuth(EntityName self, SimTime time, SimRandom random, boolean secure, Runnable refused) {
        this.self = self;
        this.time = time;
        this.random = random;
        this.secure = secure;
        this.refused = refused;
    }

    /** The next ticket is good for so long. */
    void nextTicketFor(long ms) {
        validityMs = ms;
        ticketEndMs = Long.MIN_VALUE;
    }

    private List<ConnectionMode> modes() {
        return List.of(secure ? ConnectionMode.SECURE : ConnectionMode.CRC);
    }

    private Opaque ticket() {
        return Opaque.copyOf(ByteBuffer.allocate(16)
                .putLong(Long.parseLong(self.id()))
                .putLong(ticketEndMs)
                .array());
    }

    @Override
    public AuthClient client(EntityType peerType) {
        return new Client(peerType);
    }

    @Override
    public AuthServer server(EntityType peerType) {
        return new Server(peerType);
    }

    private final class Client implements AuthClient {
        private final EntityType peerType;

        Client(EntityType peerType) {
            this.peerType = peerType;
        }

        @Override
        public Offer start() {
            long now = time.nowNs() / SimTime.MS;
            if (ticketEndMs < now) {
                ticketEndMs = now + validityMs;
                validityMs = 3_600_000;
            }
            return new Offer(AuthMethod.CEPHX, modes(), ticket());
        }

        @Override
        public Opaque replyMore(Opaque payload) {
            return ticket();
        }

        @Override
        public AuthOutcome done(long globalId, ConnectionMode mode, Opaque payload) {
            EntityName service = new EntityName(peerType, "*");
            return new AuthOutcome(new PeerIdentity(AuthMethod.CEPHX, service, 0), KEY, payload);
        }

        @Override
        public Offer badMethod(int method, int result, List<Integer> allowedMethods, List<Integer> allowedModes)
                throws ProtocolException {
            ticketEndMs = Long.MIN_VALUE;
            throw new ProtocolException(FaultKind.AUTH, "the ticket has ended; there will be another");
        }
    }

    private final class Server implements AuthServer {
        private final EntityType peerType;
        private @Nullable Opaque shown;

        Server(EntityType peerType) {
            this.peerType = peerType;
        }

        @Override
        public AuthReply request(int method, List<Integer> preferredModes, Opaque payload) {
            shown = payload;
            return new AuthReply.More(Opaque.EMPTY);
        }

        @Override
        public AuthReply requestMore(Opaque payload) {
            ByteBuffer ticket = ByteBuffer.wrap(payload.toByteArray());
            long number = ticket.getLong();
            // By the true time: the machines' clocks may differ by more than a ticket lasts, and that is not the point
            // here.
            if (!payload.equals(shown) || ticket.getLong() < time.nowNs() / SimTime.MS) {
                refused.run();
                return new AuthReply.BadMethod(-13, List.of(AuthMethod.CEPHX), modes());
            }
            byte[] secret = new byte[secure ? SECRET_BYTES : 0];
            random.fill(secret);
            Opaque shared = Opaque.copyOf(secret);
            EntityName name = new EntityName(peerType, Long.toString(number));
            AuthOutcome outcome = new AuthOutcome(new PeerIdentity(AuthMethod.CEPHX, name, number), KEY, shared);
            return new AuthReply.Done(number, modes().get(0), shared, outcome);
        }
    }
}
