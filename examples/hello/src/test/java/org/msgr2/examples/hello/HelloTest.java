package org.msgr2.examples.hello;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HelloTest {
    @Test
    void greets() {
        assertThat(Hello.greeting()).isEqualTo("hello");
    }
}
