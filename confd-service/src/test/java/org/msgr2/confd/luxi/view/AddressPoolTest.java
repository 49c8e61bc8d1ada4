package org.msgr2.confd.luxi.view;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AddressPoolTest {
    @Test
    void countsAddressesThatAreTakenTwiceOnce() {
        AddressPool pool = new AddressPool("192.0.2.0/29", "11000001", "01100000");
        assertThat(pool.reserved()).isEqualTo(4);
        assertThat(pool.free()).isEqualTo(4);
        assertThat(pool.map()).isEqualTo("XXX....X");
    }

    @Test
    void namesExternalReservationsByAddress() {
        assertThat(new AddressPool("192.0.2.248/29", "", "01000001").externalAddresses())
                .isEqualTo("192.0.2.249, 192.0.2.255");
        assertThat(new AddressPool("10.0.255.254/20", "", "001").externalAddresses())
                .isEqualTo("10.1.0.0");
    }

    @Test
    void hasNothingWhereNothingIsKnown() {
        AddressPool pool = new AddressPool("", "", "");
        assertThat(pool.free()).isZero();
        assertThat(pool.map()).isEmpty();
        assertThat(pool.externalAddresses()).isEmpty();
    }

    @Test
    void takesWhatIsNoSubnetForZero() {
        assertThat(new AddressPool("nonsense", "", "01").externalAddresses()).isEqualTo("0.0.0.1");
    }

    /** Observed on 3.0.2. */
    @Test
    void aPoolThatLacksOneOfTheTwoHasNoAddresses() {
        for (AddressPool pool : new AddressPool[] {
            new AddressPool("198.51.100.0/30", "1001", ""),
            new AddressPool("198.51.100.0/30", "", "1000"),
            new AddressPool("198.51.100.0/30", "", "")
        }) {
            assertThat(pool.free()).isZero();
            assertThat(pool.reserved()).isZero();
            assertThat(pool.map()).isEmpty();
        }
        assertThat(new AddressPool("198.51.100.0/30", "", "1000").externalAddresses())
                .isEqualTo("198.51.100.0");
    }
}
