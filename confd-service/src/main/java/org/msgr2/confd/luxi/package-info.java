/**
 * Ganeti's query socket as confd served it (spec/confd §7): {@link org.msgr2.confd.luxi.LuxiSession} takes the bytes of one
 * connection and gives the answers of a {@link org.msgr2.confd.luxi.LuxiEngine}. No socket, thread or clock is in here or in
 * the packages below; {@code luxi.job.JobDirectory} alone reads files.
 */
@NullMarked
package org.msgr2.confd.luxi;

import org.jspecify.annotations.NullMarked;
