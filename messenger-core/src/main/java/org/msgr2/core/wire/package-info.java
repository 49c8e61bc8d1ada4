/**
 * The bounded little-endian codec that every wire structure is written with, and {@link org.msgr2.core.wire.Limits}, the
 * one place that holds every bound. Nothing here knows a frame, an address or a message.
 */
@NullMarked
package org.msgr2.core.wire;

import org.jspecify.annotations.NullMarked;
