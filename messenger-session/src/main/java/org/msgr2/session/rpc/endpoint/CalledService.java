package org.msgr2.session.rpc.endpoint;

import org.msgr2.session.rpc.CallHandler;

/** A service that takes calls. */
public record CalledService(String name, CallHandler handler, CallLane lane) {}
