/**
 * Who and where a peer is: entity types and names, addresses and address vectors, as bytes and as text
 * (spec/msgr2 §1.2-1.4). No sockets and no {@code java.net}: the transports convert.
 */
@NullMarked
package org.msgr2.core.address;

import org.jspecify.annotations.NullMarked;
