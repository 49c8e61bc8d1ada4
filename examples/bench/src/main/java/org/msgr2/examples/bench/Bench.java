package org.msgr2.examples.bench;

import java.util.Arrays;
import org.msgr2.examples.bench.confd.ConfdBench;
import org.openjdk.jmh.Main;

/** The command line: {@code confd …} measures whole programs, anything else is for JMH. */
public final class Bench {
    private Bench() {}

    public static void main(String[] args) throws Exception {
        if (args.length > 0 && args[0].equals("confd")) {
            ConfdBench.main(Arrays.copyOfRange(args, 1, args.length));
        } else {
            Main.main(args);
        }
    }
}
