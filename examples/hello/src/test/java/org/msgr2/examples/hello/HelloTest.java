package org.msgr2.examples.hello;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class HelloTest {
    @Test
    void printsTheAnswer() throws Exception {
        PrintStream terminal = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, UTF_8));
        try {
            Hello.main(new String[0]);
        } finally {
            System.setOut(terminal);
        }
        assertThat(printed.toString(UTF_8)).isEqualTo("osd answers: hello\n");
    }
}
