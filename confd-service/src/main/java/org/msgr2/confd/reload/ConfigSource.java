package org.msgr2.confd.reload;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.ConfigState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration as queries find it, kept up to date by a thread of its own: that one watches, reads, parses and
 * indexes, and publishes each new state by one volatile write. Thread-safe; {@link #get} is one read of a field.
 */
public final class ConfigSource implements Supplier<ConfigState>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigSource.class);

    /** Ganeti's largest clusters have files of about 100 MB. */
    public static final long BYTES_MAX_DEFAULT = 512L << 20;

    private final ConfigFile file;
    private final DirectoryWatch watch;
    private final ReloadMachine machine;
    private final Thread thread;
    private final List<Consumer<ConfigState>> listeners = new CopyOnWriteArrayList<>();
    private volatile ConfigState state = ConfigState.NOT_YET;
    private volatile ReloadStatus status = new ReloadStatus(0, 0, 0, 0, false, null);
    /** Of the thread alone. */
    private ConfigState.@Nullable Loaded lastGood;

    private ConfigSource(Path path, Options options) {
        file = new ConfigFile(path, options.bytesMax());
        watch = new DirectoryWatch(path);
        machine = new ReloadMachine(options.timing(), options.onBad(), System.nanoTime());
        thread = new Thread(this::run, "confd-config");
        thread.setDaemon(true);
    }

    /**
     * @param bytesMax a longer file is bad
     */
    public record Options(OnBad onBad, long bytesMax, ReloadTiming timing) {
        public static final Options DEFAULTS = new Options(OnBad.ERROR, BYTES_MAX_DEFAULT, ReloadTiming.DEFAULTS);

        public Options {
            if (bytesMax <= 0 || bytesMax > Integer.MAX_VALUE - 8) {
                throw new IllegalArgumentException(
                        "the limit of the configuration file is below 2 GiB, not " + bytesMax);
            }
        }

        public Options withOnBad(OnBad other) {
            return new Options(other, bytesMax, timing);
        }
    }

    /**
     * Loads the file, for better or worse, and watches it from then on. A file that is missing or bad is no error here:
     * {@link #get} tells.
     */
    public static ConfigSource open(Path path, Options options) {
        ConfigSource source = new ConfigSource(path, options);
        source.machine.watched(source.watch.works());
        source.look();
        source.thread.start();
        return source;
    }

    /** What queries find now. */
    @Override
    public ConfigState get() {
        return state;
    }

    public ReloadStatus status() {
        return status;
    }

    /** Calls back with every new state, on the thread of this source, after it was published. The call must be short. */
    public void onChange(Consumer<ConfigState> listener) {
        listeners.add(listener);
    }

    private void run() {
        try {
            while (!watch.isClosed()) {
                machine.watched(watch.works());
                long waitNs = machine.nextLookNs() - System.nanoTime();
                if (waitNs > 0 && watch.await(waitNs)) {
                    machine.noticed(System.nanoTime());
                } else if (waitNs <= 0) {
                    look();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        long startNs = System.nanoTime();
        FileStamp before = file.stamp();
        if (!machine.looked(before, startNs)) {
            return;
        }
        long ageNs = System.currentTimeMillis() * 1_000_000 - before.modifiedNs();
        Reading reading = file.read(lastGood == null ? null : lastGood.config());
        long nowNs = System.nanoTime();
        ConfigState next = machine.read(reading, before, file.stamp(), ageNs, nowNs - startNs, nowNs);
        if (next instanceof ConfigState.Loaded loaded) {
            lastGood = loaded;
        } else if (next == ReloadMachine.RESTORE) {
            next = lastGood;
        }
        if (next != null) {
            state = next;
        }
        note(reading, nowNs - startNs);
        if (next != null) {
            tell(next);
        }
    }

    private void note(Reading reading, long tookNs) {
        ReloadStatus old = status;
        boolean fresh = reading instanceof Reading.Good;
        status = new ReloadStatus(
                old.loads() + (fresh ? 1 : 0),
                old.failures() + (reading instanceof Reading.Bad ? 1 : 0),
                fresh ? System.currentTimeMillis() : old.loadedAtMs(),
                fresh ? tookNs : old.lastLoadNs(),
                watch.works(),
                machine.badCause());
        String problem = status.problem();
        if (problem != null && !problem.equals(old.problem())) {
            LOG.warn("{}", problem);
        }
    }

    private void tell(ConfigState next) {
        if (next instanceof ConfigState.Loaded loaded) {
            ClusterConfig config = loaded.config();
            LOG.info("{} in {} ms", config, status.lastLoadNs() / 1_000_000);
        }
        for (Consumer<ConfigState> listener : listeners) {
            try {
                listener.accept(next);
            } catch (RuntimeException e) {
                LOG.error("what was to hear of a new configuration failed", e);
            }
        }
    }

    /** Stops watching; what was loaded last stays. */
    @Override
    public void close() {
        watch.close();
    }
}
