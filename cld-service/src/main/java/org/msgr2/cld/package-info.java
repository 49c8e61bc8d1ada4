/** CLD: the lock engine, the service, the client and the original UDP wire will live here. */
@NullMarked
package org.msgr2.cld;

import org.jspecify.annotations.NullMarked;
