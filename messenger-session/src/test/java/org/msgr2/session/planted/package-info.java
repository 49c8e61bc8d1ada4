/**
 * Proof that the simulator sees: bugs planted into a copy of the session layer, each of which it has to find. They are made by
 * rewriting bytecode while it is loaded, so that there is no trace of them in the code itself. Nobody but the test uses this.
 */
@NullMarked
package org.msgr2.session.planted;

import org.jspecify.annotations.NullMarked;
