/**
 * What a call says on the wire and where it stands: plain objects without thread, clock or connection. Driven by {@code
 * org.msgr2.session.rpc.endpoint}, which alone knows these.
 */
@NullMarked
package org.msgr2.session.rpc.machine;

import org.jspecify.annotations.NullMarked;
