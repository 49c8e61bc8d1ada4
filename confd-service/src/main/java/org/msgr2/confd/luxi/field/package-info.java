/** The fields that nodes, groups, networks and jobs have, with their titles and kinds (spec/confd §7). */
@NullMarked
package org.msgr2.confd.luxi.field;

import org.jspecify.annotations.NullMarked;
