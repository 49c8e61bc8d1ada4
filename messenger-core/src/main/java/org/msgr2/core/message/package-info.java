/**
 * The envelope that travels in MESSAGE frames: header2, up to three payload segments, types and priorities by name.
 * What is inside a segment belongs to the services.
 */
@NullMarked
package org.msgr2.core.message;

import org.jspecify.annotations.NullMarked;
