/** Services that come with the messenger. */
@NullMarked
package org.msgr2.session.service;

import org.jspecify.annotations.NullMarked;
