package org.msgr2.session.negotiation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.testing.Scenario;

/** The learning rules of spec/msgr2 §3.2. */
class OwnAddressesTest {
    private static final EntityAddr SEEN = addr("v2:192.168.3.4:51000/0");

    private final OwnAddresses addresses = new OwnAddresses(77);

    private static EntityAddr addr(String text) {
        return EntityAddr.parse(text);
    }

    private static EntityAddrVec vec(String text) {
        return EntityAddrVec.parse(text);
    }

    @Test
    void nothingIsKnownAtFirst() {
        assertThat(addresses.current()).isEqualTo(EntityAddrVec.EMPTY);
        assertThat(addresses.toldTo(SEEN)).isEqualTo(EntityAddrVec.EMPTY);
    }

    @Test
    @Scenario("B09")
    void whoOnlyDialsLearnsItsIpAndKeepsItsNonceWithoutAPort() {
        assertThat(addresses.learn(SEEN)).isEqualTo(vec("any:192.168.3.4:0/77"));
        assertThat(addresses.current()).isEqualTo(vec("any:192.168.3.4:0/77"));
    }

    @Test
    @Scenario("B09")
    void theRecordedClientsAddressIsWhatTheRecordedServerSaw() {
        // HELLO told v2:127.0.0.1:56022/0, CLIENT_IDENT said this (vectors/ceph/a_none_crc_client_mon).
        OwnAddresses recorded = new OwnAddresses(1869278464);
        assertThat(recorded.learn(addr("v2:127.0.0.1:56022/0"))).isEqualTo(vec("any:127.0.0.1:0/1869278464"));
    }

    @Test
    @Scenario("B10")
    void aSecondOpinionChangesNothing() {
        EntityAddrVec first = addresses.learn(SEEN);
        assertThat(addresses.learn(addr("v2:10.9.9.9:1/0"))).isEqualTo(first);
        assertThat(addresses.learn(addr("v2:[2001:db8::1]:1/0"))).isEqualTo(first);
        assertThat(addresses.current()).isEqualTo(first);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v2:0.0.0.0:51000/0", "v2:[::]:51000/0", "-"})
    void aBlankOpinionTeachesNothing(String seenAs) {
        assertThat(addresses.learn(addr(seenAs))).isEqualTo(EntityAddrVec.EMPTY);
        assertThat(addresses.learn(SEEN)).isEqualTo(vec("any:192.168.3.4:0/77"));
    }

    @Test
    void learnsAnIpv6AddressWithItsScope() {
        assertThat(addresses.learn(addr("v2:[fe80::1%3]:51000/0"))).isEqualTo(vec("any:[fe80::1%3]:0/77"));
    }

    @Test
    @Scenario("B11")
    void whoListensOnAnAddressIsNotTaughtAnother() {
        addresses.bound(addr("v2:10.0.0.1:6800/5"));
        assertThat(addresses.learn(SEEN)).isEqualTo(vec("v2:10.0.0.1:6800/5"));
        assertThat(addresses.toldTo(SEEN)).isEqualTo(vec("v2:10.0.0.1:6800/5"));
    }

    @Test
    @Scenario({"B09", "B11"})
    void whoListensEverywhereLearnsTheIpAndKeepsTheRest() {
        addresses.bound(addr("v2:0.0.0.0:6800/5"));
        addresses.bound(addr("v1:0.0.0.0:6801/5"));
        addresses.bound(addr("v2:[::]:6802/5"));
        addresses.bound(addr("v2:10.0.0.1:6803/5"));
        EntityAddrVec learned = vec("[v2:192.168.3.4:6800/5,v1:192.168.3.4:6801/5,v2:[::]:6802/5,v2:10.0.0.1:6803/5]");
        assertThat(addresses.learn(SEEN)).isEqualTo(learned);
        assertThat(addresses.learn(addr("v2:[2001:db8::1]:1/0"))).isEqualTo(learned);
    }

    @Test
    @Scenario("B11")
    void anOpinionOfAnotherFamilyIsNotUsedAndDoesNotCount() {
        addresses.bound(addr("v2:0.0.0.0:6800/5"));
        assertThat(addresses.learn(addr("v2:[2001:db8::1]:1/0"))).isEqualTo(vec("v2:0.0.0.0:6800/5"));
        assertThat(addresses.learn(SEEN)).isEqualTo(vec("v2:192.168.3.4:6800/5"));
    }

    @Test
    void eachPeerIsToldTheIpThatItHasReached() {
        addresses.bound(addr("v2:0.0.0.0:6800/5"));
        assertThat(addresses.toldTo(addr("v2:10.0.0.1:6800/0"))).isEqualTo(vec("v2:10.0.0.1:6800/5"));
        assertThat(addresses.toldTo(addr("v2:10.0.0.2:6800/0"))).isEqualTo(vec("v2:10.0.0.2:6800/5"));
        assertThat(addresses.current()).as("which teaches nothing").isEqualTo(vec("v2:0.0.0.0:6800/5"));
    }

    @Test
    void listeningReplacesWhatWasLearned() {
        addresses.learn(SEEN);
        addresses.bound(addr("v2:10.0.0.1:6800/5"));
        assertThat(addresses.current()).isEqualTo(vec("v2:10.0.0.1:6800/5"));
        addresses.bound(addr("v2:10.0.0.1:6801/5"));
        assertThat(addresses.current()).isEqualTo(vec("[v2:10.0.0.1:6800/5,v2:10.0.0.1:6801/5]"));
    }

    @Test
    void whoNoLongerListensMayLearnAgain() {
        addresses.bound(addr("v2:10.0.0.1:6800/5"));
        addresses.bound(addr("v2:10.0.0.1:6801/5"));
        addresses.unbound(addr("v2:10.0.0.1:6800/5"));
        assertThat(addresses.current()).isEqualTo(vec("v2:10.0.0.1:6801/5"));
        addresses.unbound(addr("v2:10.0.0.1:6801/5"));
        assertThat(addresses.current()).isEqualTo(EntityAddrVec.EMPTY);
        assertThat(addresses.learn(SEEN)).isEqualTo(vec("any:192.168.3.4:0/77"));
    }

    @Test
    void whatIsNoLongerListenedOnGoesAlsoWhenItsIpWasLearned() {
        addresses.bound(addr("v2:0.0.0.0:6800/5"));
        addresses.bound(addr("v2:0.0.0.0:6801/5"));
        addresses.learn(SEEN);
        addresses.unbound(addr("v2:0.0.0.0:6800/5"));
        assertThat(addresses.current()).isEqualTo(vec("v2:192.168.3.4:6801/5"));
    }

    @Test
    @Scenario("P44")
    void whoMovesHasAnotherNonceAndTheAddressesItIsAtNow() {
        addresses.bound(addr("v2:10.0.0.1:6800/5"));
        addresses.renew(1_000_000, vec("v2:10.0.0.1:6900/1000005"));
        assertThat(addresses.current()).isEqualTo(vec("v2:10.0.0.1:6900/1000005"));
        addresses.unbound(addr("v2:10.0.0.1:6900/1000005"));
        assertThat(addresses.learn(SEEN)).isEqualTo(vec("any:192.168.3.4:0/1000077"));
    }

    @Test
    @Scenario("S43")
    void knowsWhichAddressesAreItsOwn() {
        assertThat(addresses.isOwn(SEEN)).isFalse();
        EntityAddr learned = addresses.learn(SEEN).first();
        assertThat(addresses.isOwn(learned)).as("nobody can dial that").isFalse();
        addresses.bound(addr("v2:10.0.0.1:6800/5"));
        assertThat(addresses.isOwn(addr("v2:10.0.0.1:6800/5"))).isTrue();
        assertThat(addresses.isOwn(addr("v2:10.0.0.1:6800/6"))).isFalse();
        assertThat(addresses.isOwn(addr("v2:10.0.0.2:6800/5"))).isFalse();
        assertThat(addresses.isOwn(addr("v2:127.0.0.1:6800/5"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"v2:0.0.0.0:6800/5", "v2:[::]:6800/5"})
    void whoListensEverywhereIsOnTheLoopbackInterface(String everywhere) {
        EntityAddr bound = addr(everywhere);
        addresses.bound(bound);
        String loopback = bound.family() == EntityAddr.FAMILY_INET ? "v2:127.0.0.1" : "v2:[::1]";
        assertThat(addresses.isOwn(addr(loopback + ":6800/5"))).isTrue();
        assertThat(addresses.isOwn(addr(loopback + ":6801/5"))).isFalse();
        assertThat(addresses.isOwn(addr(loopback + ":6800/6"))).isFalse();
        assertThat(addresses.isOwn(EntityAddr.BLANK)).isFalse();
        assertThat(addresses.isOwn(SEEN.withPort(6800).withNonce(5)))
                .as("perhaps, perhaps not")
                .isFalse();
        assertThat(addresses.isOwn(addr("v2:[2001:db8::1]:6800/5")))
                .as("perhaps, perhaps not")
                .isFalse();
    }
}
