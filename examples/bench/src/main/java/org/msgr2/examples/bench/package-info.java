/**
 * Benchmarks of the messenger, each as a ratio to a limit or to a peer measured in the same run:
 *
 * <pre>
 * mvn -q -B -Dmsgr2.quick -pl examples/bench -am package
 * java -jar examples/bench/target/bench.jar FrameCodecBenchmark
 * </pre>
 */
@NullMarked
package org.msgr2.examples.bench;

import org.jspecify.annotations.NullMarked;
