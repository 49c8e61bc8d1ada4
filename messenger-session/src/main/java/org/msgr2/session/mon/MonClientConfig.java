package org.msgr2.session.mon;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import org.msgr2.core.address.EntityAddr;

/**
 * What a {@link MonClient} does, and how long it waits (spec/msgr2 §3.13). Immutable.
 *
 * @param monitors v2 addresses, at least one. What the monitors' own map says is tried first as soon as there is one
 * @param pingInterval between two keepalives on the session
 * @param pingTimeout since the last answer to one: then the monitor is given up. One has at least an interval to be answered
 * @param answerTimeout for the map, and for tickets: then the monitor is given up
 * @param commandTimeout from the call of {@link MonClient#command} to its answer
 * @param commandsMax commands that wait for a session or for their answers
 * @param commandBytesMax words and input of all of these together
 * @param hunting how a monitor is looked for
 */
public record MonClientConfig(
        List<EntityAddr> monitors,
        Duration pingInterval,
        Duration pingTimeout,
        Duration answerTimeout,
        Duration commandTimeout,
        int commandsMax,
        long commandBytesMax,
        HuntConfig hunting) {
    private static final int MONITORS_MAX = 256;
    private static final int COMMANDS_MAX = 256;
    private static final long COMMAND_BYTES_MAX = 64L << 20;

    public MonClientConfig {
        monitors = List.copyOf(new LinkedHashSet<>(monitors));
        if (monitors.isEmpty() || monitors.size() > MONITORS_MAX) {
            throw new IllegalArgumentException(
                    "a client needs 1 to " + MONITORS_MAX + " monitors, these are " + monitors.size());
        }
        for (EntityAddr monitor : monitors) {
            if (monitor.type() != EntityAddr.Type.MSGR2 || monitor.isBlankIp() || monitor.port() == 0) {
                throw new IllegalArgumentException(
                        "no address of a monitor: " + monitor + " is not a v2 address with IP and port");
            }
        }
        positive("pingInterval", pingInterval);
        positive("pingTimeout", pingTimeout);
        positive("answerTimeout", answerTimeout);
        positive("commandTimeout", commandTimeout);
        if (commandsMax < 1 || commandBytesMax < 1) {
            throw new IllegalArgumentException(
                    "commandsMax and commandBytesMax must be positive: " + commandsMax + ", " + commandBytesMax);
        }
    }

    /** Looks for a monitor as Ceph does. */
    public MonClientConfig(
            List<EntityAddr> monitors,
            Duration pingInterval,
            Duration pingTimeout,
            Duration answerTimeout,
            Duration commandTimeout,
            int commandsMax,
            long commandBytesMax) {
        this(
                monitors,
                pingInterval,
                pingTimeout,
                answerTimeout,
                commandTimeout,
                commandsMax,
                commandBytesMax,
                HuntConfig.DEFAULTS);
    }

    /** Ceph's intervals; a minute for a command. */
    public static MonClientConfig of(List<EntityAddr> monitors) {
        return new MonClientConfig(
                monitors,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                Duration.ofMinutes(1),
                COMMANDS_MAX,
                COMMAND_BYTES_MAX);
    }

    public MonClientConfig withPing(Duration interval, Duration timeout) {
        return new MonClientConfig(
                monitors, interval, timeout, answerTimeout, commandTimeout, commandsMax, commandBytesMax, hunting);
    }

    public MonClientConfig withAnswerTimeout(Duration wait) {
        return new MonClientConfig(
                monitors, pingInterval, pingTimeout, wait, commandTimeout, commandsMax, commandBytesMax, hunting);
    }

    public MonClientConfig withCommandTimeout(Duration wait) {
        return new MonClientConfig(
                monitors, pingInterval, pingTimeout, answerTimeout, wait, commandsMax, commandBytesMax, hunting);
    }

    public MonClientConfig withCommands(int max, long bytesMax) {
        return new MonClientConfig(
                monitors, pingInterval, pingTimeout, answerTimeout, commandTimeout, max, bytesMax, hunting);
    }

    public MonClientConfig withHunting(HuntConfig hunt) {
        return new MonClientConfig(
                monitors, pingInterval, pingTimeout, answerTimeout, commandTimeout, commandsMax, commandBytesMax, hunt);
    }

    private static void positive(String name, Duration wait) {
        if (wait.isZero() || wait.isNegative()) {
            throw new IllegalArgumentException(name + " must be positive: " + wait);
        }
    }
}
