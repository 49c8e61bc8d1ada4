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

    private final Secured secured = secured(true, EntityType.MON);

    private ConnectNegotiation negotiation(Policy policy) {
        return new ConnectNegotiation(new ConnectNegotiation.Terms(SELF, TARGET, -1, 17, policy), secured);
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
        ConnectNegotiation.Terms terms =
                new ConnectNegotiation.Terms(ident.addrs(), ident.target(), ident.gid(), ident.globalSeq(), policy);
        assertThat(bytes(new ConnectNegotiation(terms, secured).start())).isEqualTo(frame.wire());
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
        ConnectNegotiation.Terms terms =
                new ConnectNegotiation.Terms(ident.addrs(), ident.target(), ident.gid(), ident.globalSeq(), LIBRADOS);
        assertThat(new ConnectNegotiation(terms, transport).frame(answer))
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
        Established established = negotiation(few).frame(serverIdent(EntityAddrVec.of(TARGET), 0b1100, 1));
        assertThat(established.features().bits()).isEqualTo(0b0100);
    }

    @Test
    void aPeerWithoutAnyFeatureIsTakenAsCephTakesIt() throws ProtocolException {
        // Observed: the client checks nothing, connection features are what both have.
        Policy undemanding = Policy.lossyClient().withFeatures(CephFeatures.PACIFIC, CephFeatures.NONE);
        Established established = negotiation(undemanding).frame(serverIdent(EntityAddrVec.of(TARGET), 0, 1));
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
        Established established = negotiation(LIBRADOS).frame(serverIdent(EntityAddrVec.of(TARGET), -1, flags));
        assertThat(established.lossy()).isEqualTo(lossy);
    }

    @Test
    void theAddressThatWasDialledMayBeAnyOfThePeers() throws ProtocolException {
        EntityAddrVec addrs = EntityAddrVec.of(TARGET.withPort(1), TARGET.withType(EntityAddr.Type.LEGACY), TARGET);
        Established established = negotiation(LIBRADOS).frame(serverIdent(addrs, -1, 1));
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
        ClientIdent ident = (ClientIdent) negotiation(LIBRADOS).start();
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
        assertThat(((ClientIdent) negotiation(lossless).start()).lossy()).isFalse();
    }
}
