/**
 * How the frames of secure mode are encrypted: AES-128-GCM with the keys and nonces of a connection secret (spec/msgr2
 * §2.6). How frames are cut into sealed blocks is {@code org.msgr2.core.frame}'s business.
 */
@NullMarked
package org.msgr2.crypto.onwire;

import org.jspecify.annotations.NullMarked;
