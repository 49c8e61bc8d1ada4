package org.msgr2.examples.interop;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Where one local monitor listens.
 *
 * @param name the monitor's name, {@code a}, {@code b} or {@code c}
 * @param msgr2Port its msgr2 port on the loopback address
 * @param msgr1Port its msgr1 port, if it has one
 */
record MonAddress(String name, int msgr2Port, OptionalInt msgr1Port) {

    static final String HOST = "127.0.0.1";

    private static final List<String> NAMES = List.of("a", "b", "c");

    /** How many ports the monitors of such a cluster bind. */
    static int portsNeeded(CephSettings settings) {
        return settings.monitors() * (settings.msgr1() ? 2 : 1);
    }

    /**
     * Gives the ports to the monitors, one or two each. The order is that of the monitor map, which ranks by address.
     */
    static List<MonAddress> assign(CephSettings settings, List<Integer> ports) {
        List<Integer> ascending = ports.stream().sorted().toList();
        List<MonAddress> all = new ArrayList<>();
        for (int i = 0; i < settings.monitors(); i++) {
            OptionalInt msgr1Port =
                    settings.msgr1() ? OptionalInt.of(ascending.get(settings.monitors() + i)) : OptionalInt.empty();
            all.add(new MonAddress(NAMES.get(i), ascending.get(i), msgr1Port));
        }
        return List.copyOf(all);
    }

    /** The msgr2 address with its nonce; a monitor's is always 0. */
    String msgr2() {
        return "v2:" + HOST + ":" + msgr2Port + "/0";
    }

    /** Both addresses, as {@code mon host} and monmaptool take them. */
    String vector() {
        StringBuilder text = new StringBuilder("[v2:" + HOST + ":" + msgr2Port);
        msgr1Port.ifPresent(port -> text.append(",v1:" + HOST + ":").append(port));
        return text.append(']').toString();
    }
}
