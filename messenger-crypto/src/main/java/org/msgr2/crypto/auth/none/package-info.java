/** Authentication method NONE: a peer is believed to be whom it says it is, and gets no capabilities for it. */
@NullMarked
package org.msgr2.crypto.auth.none;

import org.jspecify.annotations.NullMarked;
