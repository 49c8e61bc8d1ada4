/**
 * The messenger as its users see it: {@link org.msgr2.session.Messenger} makes {@link org.msgr2.session.Connection}s, hands
 * what arrives to {@link org.msgr2.session.Dispatcher}s and {@link org.msgr2.session.Service}s, and tells what happens in
 * {@link org.msgr2.session.SessionEvent}s.
 */
@NullMarked
package org.msgr2.session;

import org.jspecify.annotations.NullMarked;
