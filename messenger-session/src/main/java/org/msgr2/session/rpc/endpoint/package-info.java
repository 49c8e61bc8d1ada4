/** Calls on connections: the loop's and the workers' side of {@code org.msgr2.session.rpc.machine}. For the messenger only. */
@NullMarked
package org.msgr2.session.rpc.endpoint;

import org.jspecify.annotations.NullMarked;
