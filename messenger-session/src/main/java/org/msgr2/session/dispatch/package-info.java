/** Brings messages and events to the application: on the event loop where it is fast, in order on workers otherwise. */
@NullMarked
package org.msgr2.session.dispatch;

import org.jspecify.annotations.NullMarked;
