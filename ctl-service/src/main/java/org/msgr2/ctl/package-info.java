/** gdnsd control: the engine, the service, the client and the original stream wire will live here. */
@NullMarked
package org.msgr2.ctl;

import org.jspecify.annotations.NullMarked;
