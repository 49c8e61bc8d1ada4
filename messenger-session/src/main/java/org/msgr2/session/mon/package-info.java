/**
 * The monitor's role: what a Ceph client needs from a monitor before it believes in a cluster. No cluster state is kept
 * here: commands are answered by whoever hosts the service.
 */
@NullMarked
package org.msgr2.session.mon;

import org.jspecify.annotations.NullMarked;
