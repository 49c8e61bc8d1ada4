package org.msgr2.session.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.msgr2.session.Policy;
import org.msgr2.session.PolicyThrottle;

class PolicyAccountsTest {
    private final PolicyAccounts accounts = new PolicyAccounts();

    @Test
    void policiesThatNameTheSameThrottleShareIt() {
        Policy mds = Policy.losslessPeer().withThrottle(new PolicyThrottle("daemons", 0, 1000));
        Policy osd = Policy.statelessServer().withThrottle(new PolicyThrottle("daemons", 0, 1000));
        assertThat(accounts.of(mds.throttle())).isNotNull().isSameAs(accounts.of(osd.throttle()));
        assertThat(accounts.of(new PolicyThrottle("clients", 0, 1000))).isNotSameAs(accounts.of(mds.throttle()));
        assertThat(accounts.taken()).containsOnlyKeys("clients", "daemons");
    }

    @Test
    void withoutAThrottleThereIsNothingToTake() {
        assertThat(Policy.all()).extracting(Policy::throttle).containsOnlyNulls();
        assertThat(accounts.of(null)).isNull();
        assertThat(accounts.taken()).isEmpty();
    }

    @Test
    void aPolicyKeepsItsThrottleWhateverElseChanges() {
        Policy policy = Policy.statefulServer().withThrottle(new PolicyThrottle("clients", 1, 2));
        assertThat(policy.waitingForPeer().throttle()).isEqualTo(policy.throttle());
        assertThat(policy.withFeatures(policy.featuresSupported(), policy.featuresRequired()))
                .isEqualTo(policy);
    }

    @Test
    void oneNameHasOnePairOfBounds() {
        accounts.of(new PolicyThrottle("clients", 1, 2));
        assertThatThrownBy(() -> accounts.of(new PolicyThrottle("clients", 1, 3)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("bytesMax=3")
                .hasMessageContaining("bytesMax=2");
    }

    @Test
    void whoMakesAThrottleForEachPeerIsToldSo() {
        for (int i = 0; i < 256; i++) {
            accounts.of(new PolicyThrottle("peer " + i, 1, 1));
        }
        assertThatThrownBy(() -> accounts.of(new PolicyThrottle("one more", 1, 1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("more than 256 throttles of policies");
        assertThat(accounts.taken()).hasSize(256);
    }

    @Test
    void boundsAreNotNegative() {
        assertThatThrownBy(() -> new PolicyThrottle("clients", -1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PolicyThrottle("clients", 0, -1)).isInstanceOf(IllegalArgumentException.class);
    }
}
