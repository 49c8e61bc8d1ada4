/**
 * Joins the machines to the transports: feeds inputs, carries effects out, and keeps what belongs to a messenger as a
 * whole. No protocol decision is made here, and no socket is known.
 */
@NullMarked
package org.msgr2.session.driver;

import org.jspecify.annotations.NullMarked;
