/**
 * What changes in the configuration between two snapshots: differences below a path, revisions that are the same on every
 * node with the same file, and a bounded history from which a watcher goes on where it stopped. No thread, no clock.
 */
@NullMarked
package org.msgr2.confd.watch;

import org.jspecify.annotations.NullMarked;
