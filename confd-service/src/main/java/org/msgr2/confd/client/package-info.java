/**
 * The client of confd's original wire (spec/confd §6). {@link org.msgr2.confd.client.ClientMachine} is what it does,
 * without a socket or a clock; {@link org.msgr2.confd.client.ConfdClient} drives it over UDP.
 */
@NullMarked
package org.msgr2.confd.client;

import org.jspecify.annotations.NullMarked;
