/**
 * Keys of entities and of tickets, what is encrypted with them, and the keyrings that hold them (spec/msgr2 §3.6). Nobody
 * here knows who authenticates to whom: that is {@code org.msgr2.crypto.auth}.
 */
@NullMarked
package org.msgr2.crypto.key;

import org.jspecify.annotations.NullMarked;
