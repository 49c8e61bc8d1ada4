package org.msgr2.session.dispatch;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.message.MessageType;

/** A messenger's services: whose a message is, and whose a name. Immutable. */
public final class ServiceLanes {
    public static final ServiceLanes NONE = new ServiceLanes(List.of(), false);

    private final Map<Integer, ServiceLane> byType = new HashMap<>();
    private final Map<String, ServiceLane> byName = new LinkedHashMap<>();
    private final boolean behindDispatchers;

    /**
     * @param behindDispatchers whether there are dispatchers that are asked before
     * @throws IllegalArgumentException if two services own one type
     */
    public ServiceLanes(List<ServiceLane> lanes, boolean behindDispatchers) {
        this.behindDispatchers = behindDispatchers;
        for (ServiceLane lane : lanes) {
            byName.put(lane.name(), lane);
            for (int type : lane.service().messageTypes()) {
                ServiceLane other = byType.putIfAbsent(type, lane);
                if (other != null) {
                    throw new IllegalArgumentException("services '" + other.name() + "' and '" + lane.name()
                            + "' both own messages of " + MessageType.toString(type));
                }
            }
        }
    }

    /** The service that owns messages of this type; null if none does. */
    public @Nullable ServiceLane ofType(int messageType) {
        return byType.get(messageType);
    }

    /** The service of this name; null if there is none. */
    public @Nullable ServiceLane named(String name) {
        return byName.get(name);
    }

    /** Whether the application has dispatchers that may want what a service owns. */
    public boolean behindDispatchers() {
        return behindDispatchers;
    }

    /** In the order in which they were added. */
    public Collection<ServiceLane> all() {
        return byName.values();
    }
}
