package org.msgr2.session.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * The meters of one messenger: registered one by one, removed together. They read counters that are there anyway, at the moment
 * when somebody looks. Thread-safe.
 */
public final class MeterGroup implements AutoCloseable {
    private final MeterRegistry registry;
    private final Tags common;
    private final List<Meter> meters = new ArrayList<>();
    private boolean closed;

    /** @param common of every meter; nobody else may have meters of the same names with the same tags */
    public MeterGroup(MeterRegistry registry, Tags common) {
        this.registry = registry;
        this.common = common;
    }

    /**
     * Something that only grows.
     *
     * @param unit what is counted
     */
    public <T> void counter(
            String name, String unit, Tags tags, String description, T source, ToDoubleFunction<T> value) {
        Tags all = own(name, tags);
        add(FunctionCounter.builder(name, source, value)
                .baseUnit(unit)
                .tags(all)
                .description(description)
                .register(registry));
    }

    /** Something that goes up and down; otherwise as {@link #counter}. */
    public <T> void gauge(
            String name, String unit, Tags tags, String description, T source, ToDoubleFunction<T> value) {
        Tags all = own(name, tags);
        add(Gauge.builder(name, source, value)
                .baseUnit(unit)
                .tags(all)
                .description(description)
                .register(registry));
    }

    /**
     * How often something was done, and how long it took altogether.
     *
     * @param nanos the time, in nanoseconds
     */
    public <T> void timer(
            String name, Tags tags, String description, T source, ToLongFunction<T> count, ToDoubleFunction<T> nanos) {
        Tags all = own(name, tags);
        add(FunctionTimer.builder(name, source, count, nanos, TimeUnit.NANOSECONDS)
                .tags(all)
                .description(description)
                .register(registry));
    }

    /** Times that are recorded one by one, as they are rare. */
    public Timer timer(String name, String description) {
        Tags all = own(name, Tags.empty());
        Timer timer = Timer.builder(name).tags(all).description(description).register(registry);
        add(timer);
        return timer;
    }

    /** A registry gives out the meter that is there, silently: it would go on to show the counters of somebody else. */
    private Tags own(String name, Tags tags) {
        Tags all = common.and(tags);
        if (registry.find(name).tags(all).meter() != null) {
            throw new IllegalArgumentException("the registry has a meter " + name + " with " + all
                    + " already: give each messenger tags of its own");
        }
        return all;
    }

    private synchronized void add(Meter meter) {
        if (closed) {
            registry.remove(meter);
        } else {
            meters.add(meter);
        }
    }

    /** Removes them all, and any that comes later. */
    @Override
    public synchronized void close() {
        closed = true;
        meters.forEach(registry::remove);
        meters.clear();
    }
}
