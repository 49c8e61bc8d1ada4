/**
 * Keeps a snapshot up to date with its file (spec/confd §5). {@link org.msgr2.confd.reload.ReloadMachine} decides when to
 * look and what to believe, in virtual time; {@link org.msgr2.confd.reload.ConfigSource} is its driver and the only one here
 * with a thread, a clock and a file system.
 */
@NullMarked
package org.msgr2.confd.reload;

import org.jspecify.annotations.NullMarked;
