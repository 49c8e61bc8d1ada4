package org.msgr2.session.rpc.endpoint;

import org.msgr2.session.dispatch.ServiceLane;
import org.msgr2.session.rpc.CallHandler;

/**
 * A service that takes calls.
 *
 * @param lane where they are answered
 */
public record CalledService(CallHandler handler, ServiceLane lane) {
    String name() {
        return lane.name();
    }
}
