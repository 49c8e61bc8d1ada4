/** How the query socket's JSON is read, written and quoted. */
@NullMarked
package org.msgr2.confd.luxi.json;

import org.jspecify.annotations.NullMarked;
