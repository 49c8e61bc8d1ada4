/**
 * Confd by calls: the methods of the service "confd" and what answers them. Everything here runs on workers of the service, and
 * no thread waits for a slow caller.
 */
@NullMarked
package org.msgr2.confd.calls;

import org.jspecify.annotations.NullMarked;
