package org.msgr2.session;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;

/** Brings each message to the service that owns its type. */
final class ServiceDispatcher implements Dispatcher {
    private final Map<Integer, Service> byType = new HashMap<>();

    /** @throws IllegalArgumentException if two services own one type */
    ServiceDispatcher(List<Service> services) {
        for (Service service : services) {
            for (int type : service.messageTypes()) {
                Service other = byType.putIfAbsent(type, service);
                if (other != null) {
                    throw new IllegalArgumentException("services '" + other.name() + "' and '" + service.name()
                            + "' both own messages of " + MessageType.toString(type));
                }
            }
        }
    }

    @Override
    public boolean canFastDispatch(int messageType) {
        Service service = byType.get(messageType);
        return service != null && service.fast();
    }

    @Override
    public void fastDispatch(Connection connection, Message message) {
        dispatch(connection, message);
    }

    @Override
    public boolean dispatch(Connection connection, Message message) {
        Service service = byType.get(message.type());
        if (service == null) {
            return false;
        }
        service.handle(connection, message);
        return true;
    }
}
