/**
 * A simulator of the session layer: many messengers in virtual time on one thread, on a network that does everything that
 * networks do, driven by one seed. {@link org.msgr2.session.testing.sim.Simulator} runs many seeds, {@link
 * org.msgr2.session.testing.sim.Simulation} one. Production code runs in it unchanged, from {@code Messenger} to the last
 * machine; what the simulator brings is a {@code Transport}, clocks, entropy, and an authentication without cost.
 */
@NullMarked
package org.msgr2.session.testing.sim;

import org.jspecify.annotations.NullMarked;
