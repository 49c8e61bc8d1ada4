/** Ganeti confd: the engine, the service, the client and the original UDP wire will live here. */
@NullMarked
package org.msgr2.confd;

import org.jspecify.annotations.NullMarked;
