package org.msgr2.examples.msgr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.msgr2.core.address.EntityAddrVec;

class MonHostsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.0.0.1                            | v2:10.0.0.1:3300/0",
                "10.0.0.1:3300                       | v2:10.0.0.1:3300/0",
                "10.0.0.1:3301/7                     | v2:10.0.0.1:3301/7",
                "10.0.0.1:6789                       | v1:10.0.0.1:6789/0",
                "v2:10.0.0.1                         | v2:10.0.0.1:3300/0",
                "v1:10.0.0.1                         | v1:10.0.0.1:6789/0",
                "v2:10.0.0.1:6789                    | v2:10.0.0.1:6789/0",
                "[::1]                               | v2:[::1]:3300/0",
                "[::1]:3301                          | v2:[::1]:3301/0",
                "v2:[::1]                            | v2:[::1]:3300/0",
                "host.invalid                        | !unknown host 'host.invalid'",
                "fe80::1                             | !an IPv6 host in brackets",
                "10.0.0.1,10.0.0.2                   | v2:10.0.0.1:3300/0 v2:10.0.0.2:3300/0",
                "10.0.0.1 ; 10.0.0.2  10.0.0.3       | v2:10.0.0.1:3300/0 v2:10.0.0.2:3300/0 v2:10.0.0.3:3300/0",
                "[v2:10.0.0.1:3300,v1:10.0.0.1:6789] | [v2:10.0.0.1:3300/0,v1:10.0.0.1:6789/0]",
                "[v2:10.0.0.1,v1:10.0.0.1],[v2:[::1]:3300/0, v1:[::1]] |"
                        + " [v2:10.0.0.1:3300/0,v1:10.0.0.1:6789/0] [v2:[::1]:3300/0,v1:[::1]:6789/0]",
                "[v2:10.0.0.1                        | !missing ']'",
                "10.0.0.1:99999                      | !port '99999'",
            })
    void parsesWhatCephAccepts(String text, String expected) {
        if (expected.startsWith("!")) {
            assertThatThrownBy(() -> MonHosts.parse(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(expected.substring(1));
            return;
        }
        assertThat(MonHosts.parse(text).stream().map(EntityAddrVec::toString).collect(Collectors.joining(" ")))
                .isEqualTo(expected);
    }

    @Test
    void namesAreResolved() {
        assertThat(MonHosts.parse("localhost:3301").get(0).toString()).contains(":3301/0");
    }
}
