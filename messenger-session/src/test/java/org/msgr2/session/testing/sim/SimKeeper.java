package org.msgr2.session.testing.sim;

import org.jspecify.annotations.Nullable;
import org.msgr2.core.message.Message;
import org.msgr2.session.PolicyThrottle;

/** The messages that one process has in its hands: while a callback runs, and some of them for a while beyond. */
final class SimKeeper {
    private static final long KEEPS_MAX_NS = 400 * SimTime.MS;

    private final Simulation world;
    private final int number;
    private final SimRandom random;
    private final @Nullable PolicyThrottle throttle;
    private int messages;
    private long bytes;

    SimKeeper(Simulation world, int number, SimRandom random) {
        this.world = world;
        this.number = number;
        this.random = random;
        this.throttle = world.options().throttle();
    }

    /** A callback begins with that message. */
    void begin(Message message) {
        if (throttle == null) {
            return;
        }
        messages++;
        bytes += message.payloadBytes();
        if (throttle.messagesMax() > 0 && messages > throttle.messagesMax()) {
            world.violated("node " + number + " has " + messages + " messages in its hands, more than " + throttle
                    + " lets in");
        }
    }

    /** It ends; perhaps the message is kept until that place runs the rest. */
    void end(Message message, SimTime.Place place) {
        if (throttle == null) {
            return;
        }
        long payloadBytes = message.payloadBytes();
        if (!random.oneIn(3)) {
            letGo(payloadBytes);
            return;
        }
        message.retain();
        SimTime time = world.time();
        time.at(place, time.nowNs() + random.between(0, KEEPS_MAX_NS), () -> {
            letGo(payloadBytes);
            message.release();
        });
    }

    private void letGo(long payloadBytes) {
        messages--;
        bytes -= payloadBytes;
    }

    /** @return what is wrong with an account that says so, while no callback runs; null if nothing */
    @Nullable String wrong(PolicyThrottle.@Nullable Taken taken) {
        PolicyThrottle.Taken says = taken == null ? new PolicyThrottle.Taken(0, 0) : taken;
        return says.messages() < messages || says.bytes() < bytes
                ? "keeps " + messages + " messages of " + bytes + " bytes, and its throttle says " + says
                : null;
    }
}
