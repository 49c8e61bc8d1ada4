package org.msgr2.confd.config;

/** What a name stood for (spec/confd §3). */
public sealed interface Lookup<T> {

    /** Exactly one object. */
    record Found<T>(T object) implements Lookup<T> {}

    /** Nothing has that key or name, or a name that begins with it. */
    record Unknown<T>() implements Lookup<T> {}

    /** Several names begin with it, and none is equal. */
    record Ambiguous<T>() implements Lookup<T> {}
}
