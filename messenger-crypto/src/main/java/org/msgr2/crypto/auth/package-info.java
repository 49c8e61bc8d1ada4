/**
 * Who a peer is: the two ends of an authentication as machines that are fed with the payloads of AUTH frames and answer
 * with the next one (spec/msgr2 §3). The frames themselves belong to the handshake.
 */
@NullMarked
package org.msgr2.crypto.auth;

import org.jspecify.annotations.NullMarked;
