package org.msgr2.session.negotiation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.msgr2.session.negotiation.NegotiationFixture.bytes;
import static org.msgr2.session.negotiation.NegotiationFixture.control;
import static org.msgr2.session.negotiation.NegotiationFixture.everyFrame;
import static org.msgr2.session.negotiation.NegotiationFixture.recorded;
import static org.msgr2.session.negotiation.NegotiationFixture.secured;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.CephFeature;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.ControlFrame.ClientIdent;
import org.msgr2.core.frame.ControlFrame.IdentMissingFeatures;
import org.msgr2.core.frame.ControlFrame.ServerIdent;
import org.msgr2.core.frame.ControlFrame.SessionReconnect;
import org.msgr2.core.frame.ControlFrame.SessionReset;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.testing.CephVectors.RecordedFrame;
import org.msgr2.core.testing.Scenario;
import org.msgr2.session.Policy;
import org.msgr2.session.accept.AcceptRule;
import org.msgr2.session.accept.ExistingSession;
import org.msgr2.session.accept.ExistingSession.Phase;
import org.msgr2.session.handshake.Secured;

class AcceptNegotiationTest {
    private static final EntityAddr OURS = EntityAddr.parse("v2:10.0.0.1:3300/7");
    private static final EntityAddrVec SELF =
            EntityAddrVec.of(OURS, OURS.withType(EntityAddr.Type.LEGACY).withPort(6789));
    private static final EntityAddrVec PEER = EntityAddrVec.parse("any:192.168.3.4:0/99");
    private static final CephFeatures REQUIRED = CephFeatures.of(CephFeature.MONNAMES, CephFeature.CRUSH_V2);
    private static final Policy POLICY = Policy.statelessServer().withFeatures(CephFeatures.PACIFIC, REQUIRED);
    private static final int ROUNDS_MAX = 4;
    private static final long COOKIE = 0xc00c1eL;

    private final Secured secured = secured(false, EntityType.CLIENT);
    private final GlobalSeq globalSeq = new GlobalSeq(28);
    private final AcceptNegotiation negotiation = new AcceptNegotiation(
            new AcceptNegotiation.Terms(SELF, 5, peer -> POLICY, globalSeq, () -> COOKIE, ROUNDS_MAX), secured);

    private record Answer(ControlFrame reply, @Nullable Established established) {}

    /** Of one that finds no session. */
    private static Answer answer(AcceptNegotiation negotiation, ControlFrame frame) throws ProtocolException {
        AcceptNegotiation.Verdict verdict = negotiation.decide(frame, negotiation.claims(frame), null);
        return verdict instanceof AcceptNegotiation.Begin begin
                ? new Answer(begin.reply(), begin.established())
                : new Answer(((AcceptNegotiation.Reply) verdict).frame(), null);
    }

    private static ClientIdent ident(EntityAddrVec addrs, EntityAddr target, CephFeatures supported) {
        return new ClientIdent(addrs, target, 4711, 1, supported, CephFeatures.NONE, 1, 0);
    }

    private void assertFault(ControlFrame frame, FaultKind kind, String message) {
        assertThatThrownBy(() -> answer(negotiation, frame))
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a_none_crc_client_mon", "a_none_crc_client_osd", "b_cephx_crc_client_mon"})
    void answersTheRecordedQuestionAsTheRecordedServerDid(String capture) throws ProtocolException {
        RecordedFrame recorded = recorded(capture, Tag.SERVER_IDENT);
        ServerIdent expected = (ServerIdent) control(recorded);
        ClientIdent question = (ClientIdent) control(recorded(capture, Tag.CLIENT_IDENT));
        Policy policy = Policy.statelessServer()
                .withFeatures(expected.supported(), expected.required().minus(CephFeatures.MSGR2_REQUIRED));
        AcceptNegotiation server = new AcceptNegotiation(
                new AcceptNegotiation.Terms(
                        expected.addrs(),
                        expected.gid(),
                        peer -> policy,
                        new GlobalSeq(expected.globalSeq() - 1),
                        () -> COOKIE,
                        1),
                secured);
        Answer answer = answer(server, question);
        assertThat(bytes(answer.reply())).isEqualTo(recorded.wire());
        assertThat(answer.established())
                .isEqualTo(new Established(
                        secured,
                        EntityName.of(EntityType.CLIENT, question.gid()),
                        question.addrs(),
                        expected.addrs(),
                        CephFeatures.PACIFIC,
                        true));
    }

    @Test
    @Scenario("S38")
    void everyClientIdentGetsASessionOfItsOwn() throws ProtocolException {
        for (int i = 1; i <= 3; i++) {
            AcceptNegotiation other = new AcceptNegotiation(
                    new AcceptNegotiation.Terms(SELF, 5, peer -> POLICY, globalSeq, () -> COOKIE, ROUNDS_MAX), secured);
            Answer answer = answer(other, ident(PEER, OURS, CephFeatures.PACIFIC));
            assertThat(answer.established()).isNotNull();
            assertThat(((ServerIdent) answer.reply()).globalSeq()).isEqualTo(28 + i);
            assertThat(((ServerIdent) answer.reply()).cookie()).isZero();
            assertThat(((ServerIdent) answer.reply()).lossy()).isTrue();
        }
    }

    @Test
    void everyAddressOfOursMayBeTheTarget() throws ProtocolException {
        for (EntityAddr target : SELF.addrs()) {
            AcceptNegotiation server = new AcceptNegotiation(
                    new AcceptNegotiation.Terms(SELF, 5, peer -> POLICY, globalSeq, () -> COOKIE, ROUNDS_MAX), secured);
            assertThat(answer(server, ident(PEER, target, CephFeatures.PACIFIC)).established())
                    .isNotNull();
        }
    }

    @Test
    @Scenario("S34")
    void aPeerThatLooksForAnotherIsRefused() {
        for (EntityAddr target :
                List.of(OURS.withNonce(8), OURS.withPort(1), OURS.withType(EntityAddr.Type.ANY), EntityAddr.BLANK)) {
            AcceptNegotiation server = new AcceptNegotiation(
                    new AcceptNegotiation.Terms(SELF, 5, peer -> POLICY, globalSeq, () -> COOKIE, ROUNDS_MAX), secured);
            assertThatThrownBy(() -> answer(server, ident(PEER, target, CephFeatures.PACIFIC)))
                    .isInstanceOfSatisfying(
                            ProtocolException.class, e -> assertThat(e.kind()).isEqualTo(FaultKind.AUTH))
                    .hasMessage("CLIENT_IDENT: the peer looks for " + target + ", we are " + SELF);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "any:0.0.0.0:0/99", "-", "[any:[::]:0/1,v2:10.0.0.9:1/1]"})
    void aPeerWithoutAnAddressIsRefused(String text) {
        EntityAddrVec addrs = EntityAddrVec.parse(text);
        String problem = ": the peer gives no address of its own: " + addrs;
        assertFault(ident(addrs, OURS, CephFeatures.PACIFIC), FaultKind.MALFORMED, "CLIENT_IDENT" + problem);
        assertFault(new SessionReconnect(addrs, 1, 2, 3, 4, 5), FaultKind.MALFORMED, "SESSION_RECONNECT" + problem);
    }

    @Test
    @Scenario({"S36", "P09"})
    void tellsExactlyWhatIsMissingAndLetsThePeerTryAgain() throws ProtocolException {
        CephFeatures all = REQUIRED.or(CephFeatures.MSGR2_REQUIRED);
        assertThat(answer(negotiation, ident(PEER, OURS, CephFeatures.NONE)))
                .isEqualTo(new Answer(new IdentMissingFeatures(all), null));
        CephFeatures some = CephFeatures.of(CephFeature.CRUSH_V2, CephFeature.UID);
        assertThat(answer(negotiation, ident(PEER, OURS, some)))
                .isEqualTo(new Answer(
                        new IdentMissingFeatures(CephFeatures.of(CephFeature.MONNAMES, CephFeature.MSG_ADDR2)), null));
        Answer answer = answer(negotiation, ident(PEER, OURS, all));
        assertThat(answer.established().features()).isEqualTo(all);
        assertThat(((ServerIdent) answer.reply()).globalSeq())
                .as("refusals take no number")
                .isEqualTo(29);
    }

    @Test
    void whatThePeerRequiresIsNotChecked() throws ProtocolException {
        // Observed on 16.2.15: the client looks at its own bits when it reads SERVER_IDENT, or does not.
        ClientIdent demanding =
                new ClientIdent(PEER, OURS, 1, 1, CephFeatures.PACIFIC, new CephFeatures(1L << 62), 1, 0);
        assertThat(answer(negotiation, demanding).established()).isNotNull();
    }

    @Test
    @Scenario("S30")
    void aSessionThatNobodyKnowsIsResetAndMayBeginAnew() throws ProtocolException {
        assertThat(answer(negotiation, new SessionReconnect(PEER, 1, 2, 3, 4, 5)))
                .isEqualTo(new Answer(new SessionReset(true), null));
        assertThat(answer(negotiation, ident(PEER, OURS, CephFeatures.PACIFIC)).established())
                .isNotNull();
    }

    @Test
    void aPeerMayNegotiateSoLongAndNoLonger() throws ProtocolException {
        for (int round = 0; round < ROUNDS_MAX; round++) {
            ControlFrame frame =
                    round % 2 == 0 ? ident(PEER, OURS, CephFeatures.NONE) : new SessionReconnect(PEER, 1, 2, 3, 4, 5);
            assertThat(answer(negotiation, frame).established()).isNull();
        }
        assertFault(
                ident(PEER, OURS, CephFeatures.PACIFIC),
                FaultKind.LIMIT,
                "CLIENT_IDENT: more than 4 frames of negotiation");
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"CLIENT_IDENT", "SESSION_RECONNECT", "MESSAGE"})
    @Scenario({"F27", "P29"})
    void everyOtherFrameIsOutOfPlace(Tag tag) {
        assertFault(everyFrame().get(tag), FaultKind.SEQUENCE, tag + ": unexpected while waiting for CLIENT_IDENT");
    }

    @Test
    void theNameIsTheTypeOfTheHelloAndTheNumberOfTheIdent() throws ProtocolException {
        Answer answer = answer(negotiation, ident(PEER, OURS, CephFeatures.PACIFIC));
        assertThat(answer.established().peerName()).isEqualTo(EntityName.parse("client.4711"));
        assertThat(answer.established().peerAddrs()).isEqualTo(PEER);
        assertThat(answer.established().localAddrs()).isEqualTo(SELF);
    }

    // --- With a session that is registered for the peer's addresses

    private static final EntityAddrVec RANKED = EntityAddrVec.parse("[v1:10.0.0.1:6789/7,v2:10.0.0.1:3300/7]");

    private AcceptNegotiation ranked() {
        return new AcceptNegotiation(
                new AcceptNegotiation.Terms(
                        RANKED, 5, peer -> Policy.losslessPeer(), globalSeq, () -> COOKIE, ROUNDS_MAX),
                secured);
    }

    private static ExistingSession existing(Phase phase, long serverCookie, boolean sameEntity) {
        return new ExistingSession(
                phase, false, false, false, true, 8, serverCookie, true, 30, false, 3, 10, 20, sameEntity);
    }

    private static ClientIdent ident(EntityAddrVec addrs, long globalSeq, long cookie) {
        return new ClientIdent(addrs, OURS, 4711, globalSeq, CephFeatures.PACIFIC, CephFeatures.NONE, 0, cookie);
    }

    private static AcceptNegotiation.Verdict verdict(
            AcceptNegotiation negotiation, ControlFrame frame, ExistingSession existing) throws ProtocolException {
        return negotiation.decide(frame, negotiation.claims(frame), existing);
    }

    @ParameterizedTest
    @CsvSource({
        // The legacy addresses would say the opposite.
        "'[v1:10.0.0.1:6788/7,v2:10.0.0.1:3301/7]', IDENT_RACE_WON",
        "'[v1:10.0.0.1:6790/7,v2:10.0.0.1:3299/7]', IDENT_RACE_LOST",
    })
    @Scenario("S41")
    void aRaceIsDecidedByTheMsgr2AddressesOfBothEnds(String peer, AcceptRule rule) throws ProtocolException {
        AcceptNegotiation negotiation = ranked();
        ClientIdent ident = ident(EntityAddrVec.parse(peer), 31, 9);
        AcceptNegotiation.Verdict verdict = verdict(negotiation, ident, existing(Phase.CONNECTING, 0, true));
        assertThat(negotiation.rule()).isEqualTo(rule);
        if (rule == AcceptRule.IDENT_RACE_WON) {
            assertThat(verdict).isEqualTo(new AcceptNegotiation.Reply(new ControlFrame.Wait(), rule));
        } else {
            AcceptNegotiation.Begin begin = (AcceptNegotiation.Begin) verdict;
            assertThat(begin.rule()).isEqualTo(rule);
            assertThat(begin.clientCookie()).isEqualTo(9);
            assertThat(begin.globalSeq()).isEqualTo(31);
            assertThat(begin.reply().cookie()).isEqualTo(COOKIE);
            assertThat(begin.reply().lossy()).isFalse();
        }
    }

    @Test
    void aSessionIsRefusedToAnotherEntityWhichIsNamed() {
        AcceptNegotiation negotiation = ranked();
        ExistingSession others = existing(Phase.READY, 2, false);
        String problem = ": the session of these addresses is with another entity than client.admin";
        assertThatThrownBy(() -> verdict(negotiation, ident(RANKED, 31, 8), others))
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.kind()).isEqualTo(FaultKind.AUTH))
                .hasMessage("CLIENT_IDENT" + problem);
        assertThat(negotiation.rule()).isEqualTo(AcceptRule.IDENT_OTHER_ENTITY);
        assertThatThrownBy(() -> verdict(negotiation, new SessionReconnect(RANKED, 8, 2, 31, 4, 10), others))
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.kind()).isEqualTo(FaultKind.AUTH))
                .hasMessage("SESSION_RECONNECT" + problem);
        assertThat(negotiation.rule()).isEqualTo(AcceptRule.RECONNECT_OTHER_ENTITY);
    }

    @Test
    void aStaleAttemptIsClosedWithoutAnAnswer() {
        AcceptNegotiation negotiation = ranked();
        assertThatThrownBy(() -> verdict(negotiation, ident(RANKED, 29, 8), existing(Phase.READY, 2, true)))
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.kind()).isEqualTo(FaultKind.SEQUENCE))
                .hasMessage("CLIENT_IDENT: a stale attempt: the peer has connected again since");
        assertThat(negotiation.rule()).as("what the session is told of").isEqualTo(AcceptRule.IDENT_STALE);
    }

    @Test
    void aReconnectIsAnsweredWithWhatTheSessionRemembers() throws ProtocolException {
        ExistingSession there = existing(Phase.STANDBY, 2, true);
        record Row(SessionReconnect asked, ControlFrame answer, AcceptRule rule) {}
        for (Row row : List.of(
                new Row(
                        new SessionReconnect(RANKED, 9, 2, 31, 4, 10),
                        new SessionReset(true),
                        AcceptRule.RECONNECT_CLIENT_COOKIE_CHECKED),
                new Row(
                        new SessionReconnect(RANKED, 8, 2, 29, 4, 10),
                        new ControlFrame.SessionRetryGlobal(30),
                        AcceptRule.RECONNECT_STALE),
                new Row(
                        new SessionReconnect(RANKED, 8, 2, 31, 2, 10),
                        new ControlFrame.SessionRetry(3),
                        AcceptRule.RECONNECT_BEHIND),
                new Row(
                        new SessionReconnect(RANKED, 8, 2, 31, 4, 21),
                        new SessionReset(true),
                        AcceptRule.RECONNECT_IMPOSSIBLE_SEQ))) {
            AcceptNegotiation negotiation = ranked();
            assertThat(verdict(negotiation, row.asked(), there))
                    .isEqualTo(new AcceptNegotiation.Reply(row.answer(), row.rule()));
            assertThat(negotiation.rule()).isEqualTo(row.rule());
        }
        SessionReconnect possible = new SessionReconnect(RANKED, 8, 2, 31, 4, 20);
        assertThat(verdict(ranked(), possible, there)).isEqualTo(new AcceptNegotiation.Resume(secured, possible));
        SessionReconnect early = new SessionReconnect(RANKED, 8, 2, 31, 4, 10);
        assertThat(verdict(ranked(), early, existing(Phase.CONNECTING, 0, true)))
                .as("never established here")
                .isEqualTo(new AcceptNegotiation.Reply(new SessionReset(false), AcceptRule.RECONNECT_NOT_ESTABLISHED));
    }

    @Test
    void noRuleIsLeftOverFromTheFrameBefore() throws ProtocolException {
        assertThat(answer(negotiation, new SessionReconnect(PEER, 1, 2, 3, 4, 5))
                        .established())
                .isNull();
        assertThat(negotiation.rule()).isEqualTo(AcceptRule.RECONNECT_NOTHING);
        answer(negotiation, ident(PEER, OURS, CephFeatures.NONE));
        assertThat(negotiation.rule()).as("missing features need none").isNull();
    }

    @Test
    void whoHasNoAddressOfItsOwnKnowsNoSessions() throws ProtocolException {
        AcceptNegotiation nobody = new AcceptNegotiation(
                new AcceptNegotiation.Terms(
                        EntityAddrVec.EMPTY, 5, peer -> POLICY, globalSeq, () -> COOKIE, ROUNDS_MAX),
                secured);
        assertThat(answer(nobody, new SessionReconnect(PEER, 1, 2, 3, 4, 5)).reply())
                .isEqualTo(new SessionReset(true));
    }
}
