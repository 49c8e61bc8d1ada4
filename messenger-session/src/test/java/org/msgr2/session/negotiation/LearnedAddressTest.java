package org.msgr2.session.negotiation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.testing.Scenario;

/** Which addresses a messenger tells, by what it listens on and what peers say of it (spec/msgr2 §3.2). */
class LearnedAddressTest {
    private static final int NONCE = 0xcafe;

    private final OwnAddresses addresses = new OwnAddresses(NONCE);

    private static EntityAddr addr(String text) {
        return EntityAddr.parse(text);
    }

    private String learn(String seenAs) {
        return addresses.learn(addr(seenAs)).toString();
    }

    @Test
    void knowsNothingAtFirst() {
        assertThat(addresses.current()).isEqualTo(EntityAddrVec.EMPTY);
    }

    @Scenario("B09")
    @ParameterizedTest
    @CsvSource({
        "v2:10.9.8.7:1234/5, any:10.9.8.7:0/51966",
        "v1:10.9.8.7:1234/5, any:10.9.8.7:0/51966",
        "any:10.9.8.7:0/0, any:10.9.8.7:0/51966",
        "v2:[2001:db8::7]:1234/5, any:[2001:db8::7]:0/51966",
    })
    void learnsItsIpAndKeepsItsNonceIfItDoesNotListen(String seenAs, String told) {
        assertThat(learn(seenAs)).isEqualTo(told);
        assertThat(addresses.current().toString()).isEqualTo(told);
    }

    @Scenario("B10")
    @Test
    void learnsOnce() {
        learn("v2:10.9.8.7:1234/5");
        assertThat(learn("v2:10.1.1.1:1/0")).isEqualTo("any:10.9.8.7:0/" + NONCE);
        assertThat(learn("v2:[2001:db8::7]:1/0")).isEqualTo("any:10.9.8.7:0/" + NONCE);
    }

    @Scenario("B11")
    @ParameterizedTest
    @ValueSource(strings = {"-", "v2:0.0.0.0:1234/5", "v2:[::]:1234/5"})
    void learnsNothingFromAPeerThatDoesNotKnowEither(String seenAs) {
        addresses.learn(addr(seenAs));
        assertThat(addresses.current()).isEqualTo(EntityAddrVec.EMPTY);
        assertThat(learn("v2:10.9.8.7:1234/5")).isEqualTo("any:10.9.8.7:0/" + NONCE);
    }

    @Scenario("B11")
    @Test
    void ignoresWhatPeersSayOfAnAddressThatItKnows() {
        addresses.bound(addr("v2:192.168.1.10:3300/7"));
        assertThat(learn("v2:10.9.8.7:1234/5")).isEqualTo("v2:192.168.1.10:3300/7");
        assertThat(learn("v1:192.168.1.10:99/99")).isEqualTo("v2:192.168.1.10:3300/7");
    }

    @Scenario("B09")
    @Test
    void fillsInOnlyTheIpOfWhatItListensOnEverywhere() {
        addresses.bound(addr("v2:0.0.0.0:3300/7"));
        assertThat(learn("v1:10.9.8.7:1234/5")).isEqualTo("v2:10.9.8.7:3300/7");
        assertThat(learn("v1:10.1.1.1:1234/5")).isEqualTo("v2:10.9.8.7:3300/7");
    }

    @Scenario("B11")
    @Test
    void fillsInNoIpOfAnotherFamily() {
        addresses.bound(addr("v2:0.0.0.0:3300/7"));
        addresses.bound(addr("v2:[::]:3301/8"));
        addresses.bound(addr("v2:192.168.1.10:3302/9"));
        assertThat(learn("v2:10.9.8.7:1234/5")).isEqualTo("[v2:10.9.8.7:3300/7,v2:[::]:3301/8,v2:192.168.1.10:3302/9]");
    }

    @Test
    void forgetsWhatItLearnedWhenItListens() {
        learn("v2:10.9.8.7:1234/5");
        addresses.bound(addr("v2:192.168.1.10:3300/7"));
        assertThat(addresses.current().toString()).isEqualTo("v2:192.168.1.10:3300/7");
        addresses.bound(addr("v2:192.168.1.10:3301/7"));
        assertThat(addresses.current().toString()).isEqualTo("[v2:192.168.1.10:3300/7,v2:192.168.1.10:3301/7]");
        addresses.unbound(addr("v2:192.168.1.10:3300/7"));
        assertThat(addresses.current().toString()).isEqualTo("v2:192.168.1.10:3301/7");
    }

    @Test
    void tellsEachPeerTheIpByWhichItCame() {
        addresses.bound(addr("v2:0.0.0.0:3300/7"));
        assertThat(addresses.toldTo(addr("v2:10.0.0.1:3300/0")).toString()).isEqualTo("v2:10.0.0.1:3300/7");
        assertThat(addresses.toldTo(addr("v2:10.0.0.2:3300/0")).toString()).isEqualTo("v2:10.0.0.2:3300/7");
        assertThat(addresses.toldTo(addr("v2:[::1]:3300/0")).toString()).isEqualTo("v2:0.0.0.0:3300/7");
        assertThat(addresses.current().toString()).isEqualTo("v2:0.0.0.0:3300/7");
    }
}
