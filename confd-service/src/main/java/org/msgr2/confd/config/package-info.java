/**
 * Ganeti's cluster configuration as one immutable snapshot: {@link org.msgr2.confd.config.ClusterConfig} is parsed from
 * the file's bytes, keeps them, and has every index that a query needs. Nobody here reads a file, a clock or a socket.
 */
@NullMarked
package org.msgr2.confd.config;

import org.jspecify.annotations.NullMarked;
