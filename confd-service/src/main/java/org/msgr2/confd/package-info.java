/**
 * Ganeti's confd: answers signed questions about a cluster's configuration. {@link org.msgr2.confd.ConfdDatagrams} is the
 * server of the original wire without its socket.
 */
@NullMarked
package org.msgr2.confd;

import org.jspecify.annotations.NullMarked;
