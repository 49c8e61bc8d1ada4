package org.msgr2.examples.msgr;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MsgrTest {
    @Test
    void helpSucceeds() {
        assertThat(Msgr.execute("--help")).isZero();
    }

    @Test
    void aMissingSubcommandIsWrongUsage() {
        assertThat(Msgr.execute()).isEqualTo(2);
    }
}
