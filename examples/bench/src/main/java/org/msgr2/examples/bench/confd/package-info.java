/**
 * Our confd and the real one under the same load, as whole programs on the loopback address. The real one is Debian's
 * ganeti-confd, unpacked where {@code MSGR_GANETI_ROOT} says ({@code .ci/ganeti.sh} does it); Python makes the clusters.
 *
 * <pre>
 * java -jar examples/bench/target/bench.jar confd            answers per CPU-second of the server, small cluster
 * java -jar examples/bench/target/bench.jar confd --big      start, reload, stalls and latencies, 50,000 instances
 * </pre>
 */
@NullMarked
package org.msgr2.examples.bench.confd;

import org.jspecify.annotations.NullMarked;
