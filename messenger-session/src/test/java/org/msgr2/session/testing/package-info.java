/**
 * What tests of the session layer and of the services share; published in the test-jar: virtual time, networks to run a
 * test on, and peers made of raw bytes. Nothing here is used in production.
 */
@NullMarked
package org.msgr2.session.testing;

import org.jspecify.annotations.NullMarked;
