package org.msgr2.session.negotiation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.msgr2.session.negotiation.NegotiationFixture.bytes;
import static org.msgr2.session.negotiation.NegotiationFixture.control;
import static org.msgr2.session.negotiation.NegotiationFixture.everyFrame;
import static org.msgr2.session.negotiation.NegotiationFixture.recorded;
import static org.msgr2.session.negotiation.NegotiationFixture.secured;

import java.util.List;
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
import org.msgr2.core.frame.ControlFrame.ServerIdent;
import org.msgr2.core.frame.ControlFrame.SessionReconnect;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.testing.CephVectors.RecordedFrame;
import org.msgr2.core.testing.Scenario;
import org.msgr2.session.Policy;
import org.msgr2.session.handshake.Secured;

class ConnectNegotiationTest {
    private static final EntityAddr TARGET = EntityAddr.parse("v2:10.0.0.1:3300/7");
    private static final EntityAddrVec SELF = EntityAddrVec.parse("any:192.168.3.4:0/99");

    /** As librados asks monitors and OSDs. */
    private static final Policy LIBRADOS =
            Policy.lossyClient().withFeatures(CephFeatures.PACIFIC, CephFeatures.of(CephFeature.OSDREPLYMUX));

    private static final long COOKIE = 0xc00c1eL;
    private static final int ROUNDS_MAX = 4;

    private final Secured secured = secured(true, EntityType.MON);

    private ConnectNegotiation negotiation(Policy policy) {
        return negotiation(SELF, TARGET, -1, 17, policy, secured, new SessionIds());
    }

    private static ConnectNegotiation negotiation(
            EntityAddrVec self,
            EntityAddr target,
            long gid,
            long globalSeq,
            Policy policy,
            Secured transport,
            SessionIds ids) {
        ConnectNegotiation.Terms terms = new ConnectNegotiation.Terms(
                self, target, gid, policy, heard -> Math.max(heard + 1, globalSeq), () -> COOKIE, ROUNDS_MAX);
        return new ConnectNegotiation(terms, transport, ids);
    }

    private static Established established(ConnectNegotiation negotiation, ControlFrame answer)
            throws ProtocolException {
        return ((ConnectNegotiation.Begun) negotiation.frame(answer)).established();
    }

    private static ServerIdent serverIdent(EntityAddrVec addrs, long supported, long flags) {
        return new ServerIdent(addrs, 3, 29, new CephFeatures(supported), CephFeatures.MSGR2_REQUIRED, flags, 0);
    }

    @ParameterizedTest
    @CsvSource({
        "a_none_crc_client_mon",
        "a_none_crc_client_osd",
        "b_cephx_crc_client_mon",
        "b_cephx_crc_client_mgr",
        "d_cephx_crc_client_osd"
    })
    void introducesItselfAsARealLossyClientDoes(String capture) throws ProtocolException {
        RecordedFrame frame = recorded(capture, Tag.CLIENT_IDENT);
        ClientIdent ident = (ClientIdent) control(frame);
        Policy policy = Policy.lossyClient()
                .withFeatures(ident.supported(), ident.required().minus(CephFeatures.MSGR2_REQUIRED));
        ConnectNegotiation negotiation = negotiation(
                ident.addrs(), ident.target(), ident.gid(), ident.globalSeq(), policy, secured, new SessionIds());
        assertThat(bytes(negotiation.start(0))).isEqualTo(frame.wire());
    }

    @Test
    void librados16AsksForWhatTheseTestsAskFor() throws ProtocolException {
        ClientIdent ident = (ClientIdent) control(recorded("a_none_crc_client_mon", Tag.CLIENT_IDENT));
        assertThat(LIBRADOS.featuresSupported()).isEqualTo(ident.supported());
        assertThat(LIBRADOS.allRequired()).isEqualTo(ident.required());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a_none_crc_client_mon", "a_none_crc_client_osd"})
    void takesTheRecordedAnswerToTheRecordedQuestion(String capture) throws ProtocolException {
        ClientIdent ident = (ClientIdent) control(recorded(capture, Tag.CLIENT_IDENT));
        ServerIdent answer = (ServerIdent) control(recorded(capture, Tag.SERVER_IDENT));
        Secured transport = secured(true, EntityType.OSD);
        ConnectNegotiation negotiation = negotiation(
                ident.addrs(), ident.target(), ident.gid(), ident.globalSeq(), LIBRADOS, transport, new SessionIds());
        assertThat(established(negotiation, answer))
                .isEqualTo(new Established(
                        transport,
                        EntityName.parse("osd.0"),
                        answer.addrs(),
                        ident.addrs(),
                        CephFeatures.PACIFIC,
                        true));
    }

    @Test
    void theFeaturesAreWhatBothEndsSupport() throws ProtocolException {
        Policy few = Policy.lossyClient().withFeatures(new CephFeatures(0b0110), CephFeatures.NONE);
        Established established = established(negotiation(few), serverIdent(EntityAddrVec.of(TARGET), 0b1100, 1));
        assertThat(established.features().bits()).isEqualTo(0b0100);
    }

    @Test
    void aPeerWithoutAnyFeatureIsTakenAsCephTakesIt() throws ProtocolException {
        // Observed: the client checks nothing, connection features are what both have.
        Policy undemanding = Policy.lossyClient().withFeatures(CephFeatures.PACIFIC, CephFeatures.NONE);
        Established established = established(negotiation(undemanding), serverIdent(EntityAddrVec.of(TARGET), 0, 1));
        assertThat(established.features()).isEqualTo(CephFeatures.NONE);
    }

    @Test
    void aPeerWithoutAFeatureThatThePolicyNamesIsRefused() {
        assertThatThrownBy(() -> negotiation(LIBRADOS).frame(serverIdent(EntityAddrVec.of(TARGET), 0, 1)))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("SERVER_IDENT: the peer lacks features that we require: OSDREPLYMUX");
    }

    @ParameterizedTest
    @CsvSource({"0, false", "1, true", "2, false", "3, true"})
    @Scenario("S37")
    void theAcceptingEndDecidesWhetherItIsLossy(long flags, boolean lossy) throws ProtocolException {
        Policy policy = Policy.losslessClient().withFeatures(CephFeatures.PACIFIC, CephFeatures.NONE);
        ServerIdent answer = new ServerIdent(
                EntityAddrVec.of(TARGET), 3, 29, CephFeatures.PACIFIC, CephFeatures.MSGR2_REQUIRED, flags, 9);
        assertThat(established(negotiation(policy), answer).lossy()).isEqualTo(lossy);
        assertThat(established(negotiation(LIBRADOS), answer).lossy())
                .as("who has no cookie cannot come back")
                .isTrue();
    }

    @Test
    void theAddressThatWasDialledMayBeAnyOfThePeers() throws ProtocolException {
        EntityAddrVec addrs = EntityAddrVec.of(TARGET.withPort(1), TARGET.withType(EntityAddr.Type.LEGACY), TARGET);
        Established established = established(negotiation(LIBRADOS), serverIdent(addrs, -1, 1));
        assertThat(established.peerAddrs()).isEqualTo(addrs);
        assertThat(established.peerName()).isEqualTo(EntityName.parse("mon.3"));
        assertThat(established.localAddrs()).isEqualTo(SELF);
        assertThat(established.secured()).isSameAs(secured);
    }

    @Test
    @Scenario("S35")
    void aPeerThatIsNotAtTheAddressThatWasDialledIsRefused() {
        for (EntityAddrVec addrs : List.of(
                EntityAddrVec.EMPTY,
                EntityAddrVec.of(TARGET.withNonce(8)),
                EntityAddrVec.of(TARGET.withPort(3301)),
                EntityAddrVec.of(TARGET.withType(EntityAddr.Type.LEGACY), TARGET.withType(EntityAddr.Type.ANY)))) {
            assertThatThrownBy(() -> negotiation(LIBRADOS).frame(serverIdent(addrs, -1, 1)))
                    .isInstanceOfSatisfying(ProtocolException.class, e -> {
                        assertThat(e.kind()).isEqualTo(FaultKind.AUTH);
                        assertThat(e.terminal()).as("the node may come back").isFalse();
                    })
                    .hasMessage("SERVER_IDENT: wrong node: the peer is " + addrs + ", dialled was " + TARGET);
        }
    }

    @Test
    @Scenario("S36")
    void featuresThatThePeerMissesAreNamed() {
        CephFeatures missing = CephFeatures.of(CephFeature.CRUSH_V2).or(new CephFeatures(1L << 55));
        assertThatThrownBy(() -> negotiation(LIBRADOS).frame(new ControlFrame.IdentMissingFeatures(missing)))
                .isInstanceOfSatisfying(ProtocolException.class, e -> {
                    assertThat(e.kind()).isEqualTo(FaultKind.FEATURE);
                    assertThat(e.terminal()).as("tried again with back-off").isFalse();
                })
                .hasMessage(
                        "IDENT_MISSING_FEATURES: the peer requires features that we do not offer: CRUSH_V2, bit 55");
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"SERVER_IDENT", "IDENT_MISSING_FEATURES", "MESSAGE"})
    @Scenario("F27")
    void everyOtherFrameIsOutOfPlace(Tag tag) {
        assertThatThrownBy(() -> negotiation(LIBRADOS).frame(everyFrame().get(tag)))
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.kind()).isEqualTo(FaultKind.SEQUENCE))
                .hasMessage(
                        tag == Tag.WAIT
                                ? "WAIT: the peer prefers a connection of its own"
                                : tag + ": unexpected while waiting for SERVER_IDENT");
    }

    @Test
    void aLossyClientHasNoCookieAndSaysThatItIsLossy() {
        ClientIdent ident = (ClientIdent) negotiation(LIBRADOS).start(0);
        assertThat(ident)
                .isEqualTo(new ClientIdent(
                        SELF,
                        TARGET,
                        -1,
                        17,
                        CephFeatures.PACIFIC,
                        CephFeatures.of(CephFeature.OSDREPLYMUX, CephFeature.MSG_ADDR2),
                        ControlFrame.FLAG_LOSSY,
                        0));
        Policy lossless = Policy.losslessClient();
        assertThat(((ClientIdent) negotiation(lossless).start(0)).lossy()).isFalse();
        assertThat(((ClientIdent) negotiation(lossless).start(0)).cookie()).isEqualTo(COOKIE);
    }

    // --- A session that there was

    private static SessionIds established() {
        SessionIds ids = new SessionIds();
        ids.begin(COOKIE);
        ids.establish(9);
        ids.heard(29);
        ids.reconnecting();
        return ids;
    }

    private ConnectNegotiation reconnecting(SessionIds ids) {
        return negotiation(SELF, TARGET, -1, 17, Policy.losslessClient(), secured, ids);
    }

    @Test
    void aSessionThatThereWasIsReconnected() throws ProtocolException {
        ConnectNegotiation negotiation = reconnecting(established());
        assertThat(negotiation.start(5)).isEqualTo(new SessionReconnect(SELF, COOKIE, 9, 17, 1, 5));
        assertThat(negotiation.frame(new ControlFrame.SessionReconnectOk(3)))
                .isEqualTo(new ConnectNegotiation.Resumed(3));
    }

    @Test
    @Scenario({"S27", "S29"})
    void aPeerThatIsAheadIsFollowedOnTheSameTransport() throws ProtocolException {
        ConnectNegotiation negotiation = reconnecting(established());
        negotiation.start(5);
        assertThat(negotiation.frame(new ControlFrame.SessionRetry(7)))
                .isEqualTo(new ConnectNegotiation.Again(new SessionReconnect(SELF, COOKIE, 9, 17, 8, 5)));
        assertThat(negotiation.frame(new ControlFrame.SessionRetryGlobal(40)))
                .isEqualTo(new ConnectNegotiation.Again(new SessionReconnect(SELF, COOKIE, 9, 41, 8, 5)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPeerThatHasForgottenItGetsAClientIdentOnTheSameTransport(boolean full) throws ProtocolException {
        SessionIds ids = established();
        ConnectNegotiation negotiation = reconnecting(ids);
        negotiation.start(5);
        assertThat(negotiation.frame(new ControlFrame.SessionReset(full)))
                .isEqualTo(new ConnectNegotiation.Forgotten(full));
        if (full) {
            ids.reset();
        } else {
            ids.forgetAcceptor();
        }
        assertThat(((ClientIdent) negotiation.start(0)).cookie()).isEqualTo(COOKIE);
        assertThat(ids.connectSeq()).isZero();
        assertThatThrownBy(() -> negotiation.frame(new ControlFrame.SessionReset(full)))
                .as("once only")
                .isInstanceOf(ProtocolException.class)
                .hasMessage("SESSION_RESET: unexpected while waiting for SERVER_IDENT");
    }

    @Test
    void aPeerMayNegotiateSoLongAndNoLonger() throws ProtocolException {
        ConnectNegotiation negotiation = reconnecting(established());
        negotiation.start(5);
        for (int round = 0; round < ROUNDS_MAX; round++) {
            negotiation.frame(new ControlFrame.SessionRetry(round));
        }
        assertThatThrownBy(() -> negotiation.frame(new ControlFrame.SessionRetry(9)))
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.kind()).isEqualTo(FaultKind.LIMIT))
                .hasMessage("SESSION_RETRY: more than 4 frames of negotiation");
    }

    @Test
    void aLosslessPeerMayBeToldToWait() throws ProtocolException {
        assertThat(negotiation(Policy.losslessPeer()).frame(new ControlFrame.Wait()))
                .isEqualTo(new ConnectNegotiation.Waiting());
        ConnectNegotiation again = reconnecting(established());
        again.start(5);
        assertThat(again.frame(new ControlFrame.Wait())).isEqualTo(new ConnectNegotiation.Waiting());
    }

    @Test
    void aSessionThatOutlivesItsConnectionNeedsACookie() {
        assertThatThrownBy(() -> negotiation(Policy.losslessPeer()).frame(serverIdent(EntityAddrVec.of(TARGET), -1, 0)))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("SERVER_IDENT: a session that outlives its connection needs a cookie");
    }

    private static ServerIdent withCookie(long flags) {
        return new ServerIdent(
                EntityAddrVec.of(TARGET), 3, 29, CephFeatures.PACIFIC, CephFeatures.MSGR2_REQUIRED, flags, 9);
    }

    @Test
    void whatThePeerSaysOfTheSessionIsRemembered() throws ProtocolException {
        SessionIds ids = new SessionIds();
        ConnectNegotiation negotiation = reconnecting(ids);
        negotiation.start(0);
        negotiation.frame(withCookie(0));
        assertThat(ids.clientCookie()).isEqualTo(COOKIE);
        assertThat(ids.serverCookie()).isEqualTo(9);
        assertThat(ids.peerGlobalSeq())
                .as("by which a later attempt of the peer is told from a stale one")
                .isEqualTo(29);
    }

    @Test
    void aSessionThatThePeerMadeLossyIsNeverReconnected() throws ProtocolException {
        SessionIds ids = new SessionIds();
        ConnectNegotiation negotiation = reconnecting(ids);
        negotiation.start(0);
        assertThat(established(negotiation, withCookie(ControlFrame.FLAG_LOSSY)).lossy())
                .isTrue();
        assertThat(ids.established()).isFalse();
    }

    @Test
    void anAttemptThatCameToNothingIsRepeatedUnderTheSameCookie() {
        SessionIds ids = new SessionIds();
        ids.begin(0xaffeL);
        assertThat(((ClientIdent) reconnecting(ids).start(0)).cookie()).isEqualTo(0xaffeL);
    }

    @Test
    void saysWhatItWaitsFor() {
        ConnectNegotiation first = reconnecting(new SessionIds());
        first.start(0);
        assertThat(first.waitingFor()).isEqualTo("SERVER_IDENT");
        ConnectNegotiation again = reconnecting(established());
        again.start(0);
        assertThat(again.waitingFor()).isEqualTo("SESSION_RECONNECT_OK");
    }
}
