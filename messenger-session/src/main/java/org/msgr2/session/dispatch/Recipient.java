package org.msgr2.session.dispatch;

import org.msgr2.core.message.Message;
import org.msgr2.session.Connection;
import org.msgr2.session.SessionEvent;

/** Where a {@link DispatchQueue} leads: the application's dispatchers, or one service. Throws nothing. */
interface Recipient {

    /** @param message borrowed */
    void dispatch(Connection connection, Message message);

    /**
     * @param message borrowed
     * @return false if it is for somebody else
     */
    boolean offer(Connection connection, Message message);

    void event(Connection connection, SessionEvent event);
}
