package org.msgr2.session.negotiation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SessionIdsTest {
    @Test
    void itsNumbersAreUnsigned() {
        SessionIds ids = new SessionIds();
        ids.begin(-1);
        ids.establish(16);
        ids.heard(-1);
        ids.connectSeq(-2);
        assertThat(ids)
                .hasToString("client_cookie ffffffffffffffff, server_cookie 10, peer_global_seq 18446744073709551615,"
                        + " connect_seq 18446744073709551614");
    }
}
