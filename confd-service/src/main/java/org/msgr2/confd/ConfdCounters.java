package org.msgr2.confd;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.msgr2.confd.wire.Rejection;
import org.msgr2.confd.wire.RequestType;
import org.msgr2.confd.wire.Status;

/** What a confd has answered and refused since its start. Thread-safe. */
public final class ConfdCounters {
    private final Map<RequestType, LongAdder> answered = adders(RequestType.class);
    private final Map<RequestType, LongAdder> errors = adders(RequestType.class);
    private final Map<Rejection, LongAdder> rejected = adders(Rejection.class);

    /** Complete from the start, so that threads only read the map. */
    private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> type) {
        Map<E, LongAdder> adders = new EnumMap<>(type);
        for (E constant : type.getEnumConstants()) {
            adders.put(constant, new LongAdder());
        }
        return adders;
    }

    private static <E> LongAdder of(Map<E, LongAdder> adders, E constant) {
        return Objects.requireNonNull(adders.get(constant));
    }

    void countAnswer(RequestType type, Status status) {
        of(status == Status.OK ? answered : errors, type).increment();
    }

    void countRejection(Rejection reason) {
        of(rejected, reason).increment();
    }

    /** Questions of a type that got what they asked for. */
    public long answered(RequestType type) {
        return of(answered, type).sum();
    }

    /** Questions of a type that were answered with an error. */
    public long errors(RequestType type) {
        return of(errors, type).sum();
    }

    /** Datagrams that were met with silence for a reason. */
    public long rejected(Rejection reason) {
        return of(rejected, reason).sum();
    }

    /** Datagrams that were met with silence. */
    public long rejected() {
        return rejected.values().stream().mapToLong(LongAdder::sum).sum();
    }
}
