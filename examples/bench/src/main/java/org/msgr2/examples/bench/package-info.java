/** Benchmarks of the messenger. */
@NullMarked
package org.msgr2.examples.bench;

import org.jspecify.annotations.NullMarked;
