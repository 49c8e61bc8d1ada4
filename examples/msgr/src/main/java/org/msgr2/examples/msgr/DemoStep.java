package org.msgr2.examples.msgr;

/** One part of the demonstration. Steps run in order; the first that fails ends it. */
interface DemoStep {

    /** One word: begins its lines, and is its key in JSON. */
    String name();

    /** Does its part and reports it with {@link Demo#report}. */
    void run(Demo demo) throws Failure, InterruptedException;
}
