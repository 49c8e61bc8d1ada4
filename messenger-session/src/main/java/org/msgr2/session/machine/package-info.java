/**
 * The session and its parts: queues, keepalives, back-off, throttles. Sans-IO: inputs carry the time, effects go through
 * {@link org.msgr2.session.machine.SessionEffects}.
 */
@NullMarked
package org.msgr2.session.machine;

import org.jspecify.annotations.NullMarked;
