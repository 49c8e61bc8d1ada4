package org.msgr2.confd.client;

import org.jspecify.annotations.Nullable;
import org.msgr2.confd.wire.Reply;

/**
 * What several peers have said. Immutable.
 *
 * @param newest the reply with the highest serial; of several the first that is no error, or the first. Null if nobody
 *     replied
 * @param asked how many peers were asked
 * @param received how many replied
 * @param timedOut whether fewer replied in time than {@link Coverage#needed} says
 * @param consistent whether no two of the newest replies contradict each other
 */
public record QuorumResult(@Nullable Reply newest, int asked, int received, boolean timedOut, boolean consistent) {}
