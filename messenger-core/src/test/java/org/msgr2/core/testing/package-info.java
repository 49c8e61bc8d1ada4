/**
 * What tests of this and the other modules share; published in the test-jar. Nothing here is used in production, and
 * nothing here depends on more than {@code messenger-core}, JUnit and Jackson.
 */
@NullMarked
package org.msgr2.core.testing;

import org.jspecify.annotations.NullMarked;
