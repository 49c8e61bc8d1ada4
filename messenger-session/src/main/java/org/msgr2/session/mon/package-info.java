/**
 * The monitor's role: what a Ceph client needs from a monitor before it believes in a cluster. No cluster state is kept
 * here: commands are answered by whoever hosts the service.
 *
 * <p>And its other end: the client of the monitors that every program in a cluster keeps. What to do and when is decided in
 * classes that get the time with each call; behind {@link org.msgr2.session.mon.MonClient} only {@code SessionKeeper} and
 * {@code Hunter} know the messenger and its timers.
 */
@NullMarked
package org.msgr2.session.mon;

import org.jspecify.annotations.NullMarked;
