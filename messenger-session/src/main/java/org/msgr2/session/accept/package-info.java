/**
 * What an incoming connection means for the session that its peer may have with us already: a pure function of both
 * (spec/msgr2 §5.3, §5.4). Sans-IO.
 */
@NullMarked
package org.msgr2.session.accept;

import org.jspecify.annotations.NullMarked;
