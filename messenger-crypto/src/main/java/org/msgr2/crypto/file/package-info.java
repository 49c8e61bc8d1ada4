/** Files with secrets on disk. Not exported: keys, tickets and certificates have classes of their own. */
@NullMarked
package org.msgr2.crypto.file;

import org.jspecify.annotations.NullMarked;
