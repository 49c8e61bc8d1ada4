/** The job queue's files (spec/confd §7). */
@NullMarked
package org.msgr2.confd.luxi.job;

import org.jspecify.annotations.NullMarked;
