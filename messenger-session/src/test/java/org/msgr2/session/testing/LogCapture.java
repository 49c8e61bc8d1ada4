package org.msgr2.session.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Takes what some loggers say, and keeps it from the console, until it is closed. Needs Logback. Thread-safe. */
public final class LogCapture implements AutoCloseable {
    private final Logger logger;
    private final @Nullable Level level;
    private final boolean additive;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getFormattedMessage());
        }
    };

    private LogCapture(String name, Level from) {
        logger = (Logger) LoggerFactory.getLogger(name);
        level = logger.getLevel();
        additive = logger.isAdditive();
        appender.setContext(logger.getLoggerContext());
        appender.start();
        logger.setLevel(from);
        logger.setAdditive(false);
        logger.addAppender(appender);
    }

    /**
     * Everything from INFO on.
     *
     * @param name of a logger; of those below it too
     */
    public static LogCapture of(String name) {
        return new LogCapture(name, Level.INFO);
    }

    /** Errors only; what is less is not said at all. */
    public static LogCapture ofErrors(String name) {
        return new LogCapture(name, Level.ERROR);
    }

    /** Messages in order, without what was thrown. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
        logger.setAdditive(additive);
        logger.setLevel(level);
        appender.stop();
    }
}
