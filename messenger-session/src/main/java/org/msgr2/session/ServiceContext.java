package org.msgr2.session;

import java.time.InstantSource;
import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.wire.Limits;

/**
 * What a service may use of the messenger that hosts it.
 *
 * @param node the messenger's own name
 * @param limits every bound
 * @param clock wall-clock time
 * @param entropy random bytes
 */
public record ServiceContext(EntityName node, Limits limits, InstantSource clock, Entropy entropy) {}
