package org.msgr2.session.accept;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.testing.Scenario;
import org.msgr2.session.Policy;
import org.msgr2.session.accept.AcceptDecision.Action;
import org.msgr2.session.accept.ExistingSession.Phase;
import org.msgr2.session.accept.IncomingConnection.Ident;
import org.msgr2.session.accept.IncomingConnection.Reconnect;

/** All that can come in, against all that can be there. */
class AcceptRulesTest {
    private static final long CLIENT_COOKIE = 0x8000_0000_0000_0007L;
    private static final long SERVER_COOKIE = 5;
    private static final long GLOBAL_SEQ = -2; // unsigned: as large as they get
    private static final long CONNECT_SEQ = 3;

    /** How a number of the frame compares with the session's. */
    private enum Than {
        LESS,
        EQUAL,
        GREATER;

        long of(long sessions) {
            return sessions + ordinal() - 1;
        }
    }

    private enum Cookie {
        NONE,
        SAME,
        OTHER;

        long of(long frames) {
            return this == NONE ? 0 : this == SAME ? frames : frames + 1;
        }
    }

    private enum Position {
        BELOW_ACKED,
        ACKED,
        SENT,
        ABOVE_SENT
    }

    /** One point of the domain, in words. {@code session} is false if nothing is registered. */
    private record Case(
            boolean reconnect,
            Policy policy,
            AddressOrder order,
            boolean session,
            boolean sessionLossy,
            Phase phase,
            boolean replacing,
            boolean sameEntity,
            boolean frameHasCookie,
            boolean heardSince,
            boolean confirmed,
            Cookie clientCookie,
            Cookie serverCookie,
            Than globalSeq,
            Than connectSeq,
            Position position) {

        AcceptDecision decide() {
            long frameCookie = frameHasCookie ? CLIENT_COOKIE : 0;
            ExistingSession existing = new ExistingSession(
                    phase,
                    replacing,
                    sessionLossy,
                    policy.server(),
                    policy.resetCheck(),
                    clientCookie.of(frameCookie),
                    serverCookie.of(SERVER_COOKIE),
                    confirmed,
                    GLOBAL_SEQ,
                    heardSince,
                    CONNECT_SEQ,
                    10,
                    20,
                    sameEntity);
            long msgSeq = switch (position) {
                case BELOW_ACKED -> 9;
                case ACKED -> 10;
                case SENT -> 20;
                case ABOVE_SENT -> 21;
            };
            IncomingConnection incoming = reconnect
                    ? new Reconnect(
                            frameCookie, SERVER_COOKIE, globalSeq.of(GLOBAL_SEQ), connectSeq.of(CONNECT_SEQ), msgSeq)
                    : new Ident(frameCookie, globalSeq.of(GLOBAL_SEQ));
            return AcceptRules.decide(session ? existing : null, incoming, policy, order);
        }

        boolean sessionHasClientCookie() {
            return clientCookie == Cookie.OTHER || (clientCookie == Cookie.SAME && frameHasCookie);
        }

        /** With cookie 0 in the frame, "none" and "same" are one. */
        boolean cookieDiffers() {
            return clientCookie == Cookie.OTHER || (clientCookie == Cookie.NONE && frameHasCookie);
        }

        boolean idle() {
            return phase == Phase.READY || phase == Phase.STANDBY;
        }
    }

    private static void forEachCase(Consumer<Case> test) {
        for (boolean reconnect : List.of(false, true)) {
            for (Policy policy : Policy.all()) {
                for (AddressOrder order : AddressOrder.values()) {
                    for (boolean session : policy.registers() ? List.of(false, true) : List.of(false)) {
                        for (Phase phase : Phase.values()) {
                            // What has come in may get another policy than what is there.
                            for (int flags = 0; flags < 64; flags++) {
                                for (Cookie client : Cookie.values()) {
                                    for (Cookie server : Cookie.values()) {
                                        numbers(test, reconnect, policy, order, session, phase, flags, client, server);
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private static void numbers(
            Consumer<Case> test,
            boolean reconnect,
            Policy policy,
            AddressOrder order,
            boolean session,
            Phase phase,
            int flags,
            Cookie client,
            Cookie server) {
        for (Than globalSeq : Than.values()) {
            for (Than connectSeq : reconnect ? Than.values() : new Than[] {Than.EQUAL}) {
                for (Position position : reconnect ? Position.values() : new Position[] {Position.SENT}) {
                    test.accept(new Case(
                            reconnect,
                            policy,
                            order,
                            session,
                            (flags & 32) != 0,
                            phase,
                            (flags & 1) != 0,
                            (flags & 2) != 0,
                            (flags & 4) != 0,
                            (flags & 8) != 0,
                            (flags & 16) != 0,
                            client,
                            server,
                            globalSeq,
                            connectSeq,
                            position));
                }
            }
        }
    }

    /** The tables of spec/msgr2 §5.3 and §5.4, read a second time, as answers. */
    private static Action expected(Case c) {
        return c.reconnect() ? expectedReconnect(c) : expectedIdent(c);
    }

    private static Action expectedIdent(Case c) {
        Policy policy = c.policy();
        if (policy.name().equals("stateless_server") || !c.session() || c.phase() == Phase.CLOSED) {
            return Action.NEW_SESSION;
        }
        if (!c.sameEntity()) {
            return Action.REFUSE;
        }
        if (c.replacing()) {
            return Action.WAIT;
        }
        if (c.globalSeq() == Than.LESS) {
            boolean peerRestarted = c.sessionHasClientCookie() && c.frameHasCookie() && c.cookieDiffers();
            return peerRestarted && !c.idle() && !c.heardSince() ? Action.REPLACE_SESSION : Action.DROP_AND_KEEP_ALIVE;
        }
        if (c.sessionLossy() || policy.lossy()) {
            return Action.REPLACE_SESSION;
        }
        boolean established = c.sessionHasClientCookie() && c.serverCookie() != Cookie.NONE;
        if (established && c.cookieDiffers() && !c.confirmed() && !policy.server()) {
            return Action.TAKE_OVER;
        }
        if (established && c.cookieDiffers()) {
            return policy.resetCheck() ? Action.RESET_AND_TAKE_OVER : Action.TAKE_OVER;
        }
        boolean race = c.cookieDiffers() && !c.idle() && !policy.server();
        return race && c.order() != AddressOrder.PEER_SMALLER ? Action.WAIT_AND_KEEP_ALIVE : Action.TAKE_OVER;
    }

    private static Action expectedReconnect(Case c) {
        if (!c.session() || c.phase() == Phase.CLOSED) {
            return Action.RESET_FULL;
        }
        if (!c.sameEntity()) {
            return Action.REFUSE;
        }
        if (c.replacing()) {
            return Action.RETRY_GLOBAL;
        }
        boolean noCookies = !c.sessionHasClientCookie() && c.serverCookie() == Cookie.NONE;
        if (c.sessionLossy() && noCookies) {
            return Action.RESET_FULL;
        }
        boolean unsure =
                c.serverCookie() != Cookie.NONE && !c.confirmed() && !c.policy().server();
        Action forgotten = c.policy().resetCheck() && !unsure ? Action.RESET_FULL : Action.RESET_PARTIAL;
        if (c.cookieDiffers()) {
            return forgotten;
        }
        if (c.serverCookie() != Cookie.SAME) {
            return c.serverCookie() == Cookie.NONE ? Action.RESET_PARTIAL : forgotten;
        }
        if (c.globalSeq() == Than.LESS || c.connectSeq() == Than.LESS) {
            return c.globalSeq() == Than.LESS ? Action.RETRY_GLOBAL : Action.RETRY;
        }
        if (c.connectSeq() == Than.EQUAL
                && c.order() == AddressOrder.PEER_LARGER
                && !c.policy().server()) {
            return Action.WAIT_AND_KEEP_ALIVE;
        }
        boolean possible = c.position() == Position.ACKED || c.position() == Position.SENT;
        return possible ? Action.RECONNECT : Action.RESET_BOTH;
    }

    @Test
    void everyCaseIsDecidedAsTheSpecificationSays() {
        Map<AcceptRule, Integer> counts = new EnumMap<>(AcceptRule.class);
        List<String> wrong = new ArrayList<>();
        int[] cases = new int[1];
        forEachCase(c -> {
            AcceptDecision decision = c.decide();
            counts.merge(decision.rule(), 1, Integer::sum);
            cases[0]++;
            if (decision.action() != expected(c)) {
                wrong.add(c + ": " + decision + ", not " + expected(c));
            }
        });
        assertThat(wrong).isEmpty();
        assertThat(cases[0]).isEqualTo(3_504_384);
        assertThat(counts).as("cases per rule").containsOnlyKeys(AcceptRule.values());
    }

    @Test
    void whatRetriesCarryIsTheSessions() {
        forEachCase(c -> {
            AcceptDecision decision = c.decide();
            long seq = switch (decision.action()) {
                case RETRY -> CONNECT_SEQ;
                case RETRY_GLOBAL -> GLOBAL_SEQ;
                default -> 0;
            };
            if (decision.seq() != seq) {
                throw new AssertionError(c + ": " + decision);
            }
        });
    }

    /** Whoever has not proven to be the session's peer changes nothing about it. */
    @Test
    void anotherEntityNeverTouchesASession() {
        forEachCase(c -> {
            if (c.session() && !c.sameEntity() && c.phase() != Phase.CLOSED) {
                Action action = c.decide().action();
                if (action != Action.REFUSE) {
                    throw new AssertionError(c + ": " + action);
                }
            }
        });
    }

    @ParameterizedTest
    @Scenario("S41")
    @CsvSource({
        // The nonce is compared before the IP, and its lowest byte first.
        "v2:10.0.0.1:3300/256, v2:10.0.0.2:3300/1, PEER_SMALLER",
        "v2:10.0.0.1:3300/2, v2:10.0.0.2:3300/1, PEER_LARGER",
        "v2:10.0.0.1:3300/1, v2:10.0.0.2:3300/1, PEER_SMALLER",
        "v2:10.0.0.2:3300/1, v2:10.0.0.2:3300/1, SAME",
        // The port is in network order: 0x0200 before 0x0101.
        "v2:10.0.0.1:257/1, v2:10.0.0.1:512/1, PEER_SMALLER",
    })
    void theOrderOfAddressesIsThatOfTheirBytes(String peer, String self, AddressOrder order) {
        assertThat(AddressOrder.of(EntityAddr.parse(peer), EntityAddr.parse(self)))
                .isEqualTo(order);
    }

    private static AcceptDecision decide(@Nullable ExistingSession existing, IncomingConnection incoming) {
        return AcceptRules.decide(existing, incoming, Policy.losslessPeer(), AddressOrder.PEER_LARGER);
    }

    @Test
    @Scenario("S33")
    void whileASessionIsTakenOverOthersAreToldToComeAgain() {
        ExistingSession busy = new ExistingSession(
                Phase.CONNECTING,
                true,
                false,
                false,
                false,
                CLIENT_COOKIE,
                SERVER_COOKIE,
                true,
                8,
                true,
                1,
                0,
                0,
                true);
        assertThat(decide(busy, new Ident(CLIENT_COOKIE, 9)).action()).isEqualTo(Action.WAIT);
        assertThat(decide(busy, new Reconnect(CLIENT_COOKIE, SERVER_COOKIE, 9, 2, 0)))
                .isEqualTo(new AcceptDecision(AcceptRule.RECONNECT_WHILE_REPLACING, 8));
    }
}
