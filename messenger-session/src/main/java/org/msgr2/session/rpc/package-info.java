/**
 * Calls of services by name: one request and one answer, streams in either direction, and subscriptions that survive a reset.
 * All of them are messages of type {@link org.msgr2.core.message.MessageType#SERVICE_CALL}, so they have what their
 * connection's policy promises, and nothing more: what may have happened is never repeated silently.
 */
@NullMarked
package org.msgr2.session.rpc;

import org.jspecify.annotations.NullMarked;
