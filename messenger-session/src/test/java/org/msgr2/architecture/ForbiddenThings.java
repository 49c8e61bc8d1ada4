package org.msgr2.architecture;

import java.util.List;

/** The {@link Violations} by the rule that has to find them. */
public final class ForbiddenThings {
    public static final List<Class<?>> SOCKETS = inside(Violations.Sockets.class);
    public static final List<Class<?>> THREADS = inside(Violations.Threads.class);
    public static final List<Class<?>> CLOCKS = inside(Violations.Clocks.class);
    public static final List<Class<?>> DICE = inside(Violations.Dice.class);

    /** What a service must not see, of the sockets. */
    public static final List<Class<?>> CHANNELS =
            List.of(Violations.Sockets.NettyChannel.class, Violations.Sockets.NettyBootstrap.class);

    /** What no rule may find. */
    public static final List<Class<?>> INNOCENT = inside(Violations.Innocent.class);

    private ForbiddenThings() {}

    private static List<Class<?>> inside(Class<?> group) {
        return List.of(group.getDeclaredClasses());
    }
}
