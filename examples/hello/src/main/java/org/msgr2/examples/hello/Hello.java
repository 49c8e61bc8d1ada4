package org.msgr2.examples.hello;

/** Placeholder of the first embedding program. */
public final class Hello {
    private Hello() {}

    static String greeting() {
        return "hello";
    }
}
