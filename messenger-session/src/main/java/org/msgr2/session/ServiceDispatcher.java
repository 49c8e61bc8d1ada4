package org.msgr2.session;

import org.jspecify.annotations.Nullable;
import org.msgr2.core.message.Message;
import org.msgr2.session.dispatch.ServiceLane;
import org.msgr2.session.dispatch.ServiceLanes;

/** Brings messages and events to the services that are fast, on the event loop. The others have queues of their own. */
final class ServiceDispatcher implements Dispatcher {
    private final ServiceLanes lanes;

    ServiceDispatcher(ServiceLanes lanes) {
        this.lanes = lanes;
    }

    private @Nullable ServiceLane fast(int messageType) {
        ServiceLane lane = lanes.ofType(messageType);
        return lane != null && lane.service().fast() ? lane : null;
    }

    @Override
    public boolean canFastDispatch(int messageType) {
        return fast(messageType) != null;
    }

    @Override
    public void fastDispatch(Connection connection, Message message) {
        ServiceLane lane = fast(message.type());
        if (lane != null) {
            lane.dispatch(connection, message);
        }
    }

    @Override
    public void onFastEvent(Connection connection, SessionEvent event) {
        for (ServiceLane lane : lanes.all()) {
            if (lane.service().fast()) {
                lane.event(connection, event);
            }
        }
    }
}
