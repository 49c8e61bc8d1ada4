/**
 * What a peer can do, by name: the few bits of the banner and the 64 CEPH_FEATURE bits of the ident frames. Errors and
 * logs print names, never masks alone.
 */
@NullMarked
package org.msgr2.core.feature;

import org.jspecify.annotations.NullMarked;
