package org.msgr2.session.machine;

import java.time.Duration;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.Policy;

/**
 * What a session is told at birth.
 *
 * @param peer the peer's address, for messages
 * @param policy what it promises
 * @param limits every bound
 * @param keepaliveInterval how often a ready session sends a KEEPALIVE2 unasked; zero is never
 */
public record SessionConfig(String peer, Policy policy, Limits limits, Duration keepaliveInterval) {}
