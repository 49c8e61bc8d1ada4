/**
 * Payloads of a Ceph monitor's messages, as far as a peer of the messenger needs them. Pure codecs; a session to a
 * monitor is somebody else's.
 */
@NullMarked
package org.msgr2.core.mon;

import org.jspecify.annotations.NullMarked;
