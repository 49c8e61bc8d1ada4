package org.msgr2.session.scenario;

import java.util.List;
import java.util.stream.Stream;
import org.msgr2.core.frame.Tag;
import org.msgr2.session.testing.FaultPoint;

/**
 * What goes wrong in a {@link StressTest}.
 *
 * @param tasksPerFault a connection is lost about every so many; 0 for never
 * @param delays connections stand still for 0.1 s now and then
 * @param throttleBytes of messages that are received and not handled; 0 for any
 * @param busy workers stop for a while now and then
 */
record Troubles(String name, int tasksPerFault, boolean delays, long throttleBytes, boolean busy) {
    static final Troubles NONE = new Troubles("none", 0, false, 0, false);

    /** Messages are smaller. */
    static final int BYTES_MAX = 3000;

    static final List<Troubles> INJECTED = List.of(
            new Troubles("failures every 30 events", 30, false, 0, false),
            new Troubles("failures every 600 events", 600, false, 0, false),
            new Troubles("failures and delays", 600, true, 0, false),
            new Troubles("failures and a tight throttle", 300, false, 2 * BYTES_MAX, true),
            new Troubles("everything", 300, true, 2 * BYTES_MAX, true));

    /** Where connections break. */
    static final List<FaultPoint> POINTS = Stream.of(
                    Tag.CLIENT_IDENT,
                    Tag.SERVER_IDENT,
                    Tag.SESSION_RECONNECT,
                    Tag.SESSION_RECONNECT_OK,
                    Tag.MESSAGE,
                    Tag.ACK)
            .flatMap(tag -> Stream.of(FaultPoint.write(tag), FaultPoint.read(tag)))
            .toList();

    @Override
    public String toString() {
        return name;
    }
}
