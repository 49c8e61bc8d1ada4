/**
 * Tests against programs that we did not write, and the harness that runs those programs.
 *
 * <p>The harness for Ceph is {@link org.msgr2.examples.interop.CephCluster}: a test talks to a cluster only through it,
 * so that the same test runs on a throw-away local cluster ({@link org.msgr2.examples.interop.LocalCeph}), in a
 * container, or on one that the user already has. One cluster serves a whole test class:
 *
 * <pre>{@code
 * @RequiresCeph
 * class SomethingIT {
 *     private static CephCluster ceph;
 *
 *     @BeforeAll
 *     static void startCeph() {
 *         ceph = LocalCeph.start(CephSettings.defaults());
 *     }
 *
 *     @AfterAll
 *     static void stopCeph() {
 *         ceph.close();
 *     }
 * }
 * }</pre>
 *
 * <p>The real confd is {@link org.msgr2.examples.interop.GanetiConfd}. What it does is written down as contracts, which it has to
 * pass itself, and then ours.
 *
 * <p>The harness itself does not speak msgr2: a peer here is the real program, never a stand-in for it.
 */
@NullMarked
package org.msgr2.examples.interop;

import org.jspecify.annotations.NullMarked;
