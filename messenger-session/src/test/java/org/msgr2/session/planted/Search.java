package org.msgr2.session.planted;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Lets the simulator look for one bug, in code of its own: see {@link PlantingLoader}. The simulator runs on one thread, since
 * searches run side by side; what their code logs as an error is told apart by the thread that began the search.
 */
final class Search {
    private static final String SIMULATOR = "org.msgr2.session.testing.sim.Simulator";
    private static final long FIRST_SEED = 1;
    private static final int FIRST_BATCH = 25;

    /**
     * What came of it.
     *
     * @param what the violation, or what was logged; null if the simulator found nothing
     * @param schedules how many it took
     */
    record Result(@Nullable String what, long schedules, double seconds) {
        boolean isFound() {
            return what != null;
        }
    }

    /** Ends with {@link #close}. */
    interface Quiet extends AutoCloseable {
        @Override
        void close();
    }

    private static final InheritableThreadLocal<List<String>> ERRORS = new InheritableThreadLocal<>();

    private final @Nullable PlantedBug bug;
    private final PlantingLoader loader;
    private final String traffic;
    private long violationSeed;

    /** @param bug null for none */
    Search(@Nullable PlantedBug bug) {
        this(bug, "MESSAGES");
    }

    /** Among nodes that call each other. */
    static Search inCalls(@Nullable PlantedBug bug) {
        return new Search(bug, "CALLS");
    }

    private Search(@Nullable PlantedBug bug, String traffic) {
        this.bug = bug;
        this.traffic = traffic;
        this.loader = new PlantingLoader(Search.class.getClassLoader(), bug);
    }

    /** Runs until the bug is found, or so many schedules have run; in small batches first. */
    Result run(long schedulesMax) throws ReflectiveOperationException {
        long startNs = System.nanoTime();
        List<String> errors = new CopyOnWriteArrayList<>();
        ERRORS.set(errors);
        try {
            if (bug != null) {
                Class.forName(bug.binaryName(), false, loader); // fails if the method is not what the bug was made for
            }
            Class<?> traffics = Class.forName(SIMULATOR + "$Traffic", true, loader);
            Object with = traffics.getField(traffic).get(null);
            Constructor<?> simulator =
                    Class.forName(SIMULATOR, true, loader).getConstructor(long.class, int.class, traffics);
            Method run = simulator.getDeclaringClass().getMethod("run", long.class);
            long done = 0;
            for (long batch = FIRST_BATCH; done < schedulesMax; batch *= 2) {
                long now = Math.min(batch, schedulesMax - done);
                String violation = violation(run, simulator.newInstance(FIRST_SEED + done, 1, with), now);
                if (violation != null || !errors.isEmpty()) {
                    long took = violation == null ? now : violationSeed - (FIRST_SEED + done) + 1;
                    return new Result(
                            violation == null ? "logged: " + errors.get(0) : violation, done + took, since(startNs));
                }
                done += now;
            }
            return new Result(null, done, since(startNs));
        } finally {
            ERRORS.remove();
        }
    }

    private @Nullable String violation(Method run, Object simulator, long schedules)
            throws ReflectiveOperationException {
        try {
            run.invoke(simulator, schedules);
            return null;
        } catch (InvocationTargetException e) {
            Throwable violation = e.getCause();
            if (violation == null || !violation.getClass().getSimpleName().equals("SimViolation")) {
                throw e;
            }
            violationSeed = (long) violation.getClass().getMethod("seed").invoke(violation);
            return String.valueOf(violation.getMessage());
        }
    }

    private static double since(long startNs) {
        return (System.nanoTime() - startNs) / 1e9;
    }

    /** Keeps what {@code org.msgr2} logs from the console, and gives errors to the search that they belong to. */
    static Quiet quiet() {
        Logger logger = (Logger) LoggerFactory.getLogger("org.msgr2");
        Level level = logger.getLevel();
        boolean additive = logger.isAdditive();
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                List<String> errors = ERRORS.get();
                if (errors != null) {
                    errors.add(event.getFormattedMessage());
                }
            }
        };
        appender.setContext(logger.getLoggerContext());
        appender.start();
        logger.setLevel(Level.ERROR);
        logger.setAdditive(false);
        logger.addAppender(appender);
        return () -> {
            logger.detachAppender(appender);
            logger.setAdditive(additive);
            logger.setLevel(level);
            appender.stop();
        };
    }
}
