/**
 * The {@code msgr} command: one class per subcommand, which reads options and prints; the work is done by classes that
 * know neither options nor streams ({@code Node}, {@code Client}, {@code MonSession}).
 */
@NullMarked
package org.msgr2.examples.msgr;

import org.jspecify.annotations.NullMarked;
