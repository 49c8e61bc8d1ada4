/** A network within the process: the same contract, loops and back-pressure, without sockets. */
@NullMarked
package org.msgr2.session.inproc;

import org.jspecify.annotations.NullMarked;
