package org.msgr2.examples.msgr;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is printed can be pasted into the shell that it was printed in. */
class ClientHintTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "./msgr, ./msgr",
                "/opt/msgr2/msgr, /opt/msgr2/msgr",
                "/my files/it's/msgr, '/my files/it'\\''s/msgr'"
            })
    void namesTheLauncherAsItWasCalled(String launcher, String printed) {
        assertThat(ClientHint.command(launcher)).isEqualTo(printed);
    }

    @Test
    void namesTheLauncherOfTheRepositoryIfThereWasNone() {
        assertThat(ClientHint.command(null)).isEqualTo("./msgr");
    }
}
