/**
 * From a proven peer to an agreed session: the ident frames. Sans-IO; one machine for each end, and the messenger's own
 * addresses, which both of them tell (spec/msgr2 §5.2-5.4).
 */
@NullMarked
package org.msgr2.session.negotiation;

import org.jspecify.annotations.NullMarked;
