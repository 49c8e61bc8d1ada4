package org.msgr2.session.accept;

import org.msgr2.session.accept.AcceptDecision.Action;

/**
 * The rows of the two tables of spec/msgr2 §5.3 and §5.4, and those that we add, in the order in which they are looked at.
 * For each: what it is about, and what is done. The documentation's tables are made of them.
 */
public enum AcceptRule {
    // --- CLIENT_IDENT
    IDENT_ANONYMOUS("5.3/6", "the policy does not register its peers", Action.NEW_SESSION),
    IDENT_NEW("5.3/7", "no session is registered for these addresses", Action.NEW_SESSION),
    IDENT_AFTER_CLOSED("5.3 row 1", "the session is closed", Action.NEW_SESSION),
    IDENT_OTHER_ENTITY("ours", "the session is with another entity than the one that has authenticated", Action.REFUSE),
    IDENT_WHILE_REPLACING("5.3 row 2", "another connection is taking the session over", Action.WAIT),
    IDENT_PEER_RESTARTED(
            "5.3 row 2b",
            "lower global_seq, both client cookies set and different, session neither READY nor STANDBY; ours: and not heard of"
                    + " since the connection was opened",
            Action.REPLACE_SESSION),
    IDENT_STALE("5.3 row 3", "lower global_seq than the session has heard of", Action.DROP_AND_KEEP_ALIVE),
    IDENT_OVER_LOSSY("5.3 row 4", "the session is lossy", Action.REPLACE_SESSION),
    IDENT_LOSSY(
            "ours",
            "the session is not lossy, and its successor will be: the policy for the peer is another one now",
            Action.REPLACE_SESSION),
    IDENT_NOT_CONFIRMED(
            "ours",
            "established, with another client cookie, but never confirmed by the peer; both ends may dial",
            Action.TAKE_OVER),
    IDENT_PEER_FORGOT_CHECKED(
            "5.3 row 5", "established, with another client cookie; resetcheck", Action.RESET_AND_TAKE_OVER),
    IDENT_PEER_FORGOT("5.3 row 5", "established, with another client cookie; no resetcheck", Action.TAKE_OVER),
    IDENT_AGAIN("5.3 row 6", "the same client cookie: establishing was interrupted", Action.TAKE_OVER),
    IDENT_OVER_IDLE("5.3 row 7", "the session is READY or STANDBY", Action.TAKE_OVER),
    IDENT_RACE_SERVER("5.3 row 8", "the session dials too, and its policy is a server's", Action.TAKE_OVER),
    IDENT_RACE_LOST("5.3 row 8", "both ends dial; the peer's address is the smaller", Action.TAKE_OVER),
    IDENT_RACE_WON("5.3 row 8", "both ends dial; ours is the smaller", Action.WAIT_AND_KEEP_ALIVE),
    // --- SESSION_RECONNECT
    RECONNECT_NOTHING("5.4 row 1", "no session is registered for these addresses", Action.RESET_FULL),
    RECONNECT_CLOSED("5.4 row 2", "the session is closed", Action.RESET_FULL),
    RECONNECT_OTHER_ENTITY(
            "ours", "the session is with another entity than the one that has authenticated", Action.REFUSE),
    RECONNECT_WHILE_REPLACING("5.4 row 3", "another connection is taking the session over", Action.RETRY_GLOBAL),
    RECONNECT_OVER_LOSSY(
            "ours", "the session is lossy: the one that the peer means has given way to it", Action.RESET_FULL),
    RECONNECT_NOT_CONFIRMED(
            "ours",
            "established, with another cookie, but never confirmed by the peer; both ends may dial",
            Action.RESET_PARTIAL),
    RECONNECT_CLIENT_COOKIE_CHECKED("5.4 row 4", "another client cookie; resetcheck", Action.RESET_FULL),
    RECONNECT_CLIENT_COOKIE("5.4 row 4", "another client cookie; no resetcheck", Action.RESET_PARTIAL),
    RECONNECT_NOT_ESTABLISHED("5.4 row 5", "the session was never established here", Action.RESET_PARTIAL),
    RECONNECT_SERVER_COOKIE_CHECKED("ours", "another server cookie; resetcheck", Action.RESET_FULL),
    RECONNECT_SERVER_COOKIE("ours", "another server cookie; no resetcheck", Action.RESET_PARTIAL),
    RECONNECT_STALE("5.4 row 6", "lower global_seq than the session has heard of", Action.RETRY_GLOBAL),
    RECONNECT_BEHIND("5.4 row 7", "lower connect_seq than the session's", Action.RETRY),
    RECONNECT_RACE_WON(
            "5.4 row 8",
            "both ends reconnect with equal connect_seq; the peer's address is the larger, and we dial too",
            Action.WAIT_AND_KEEP_ALIVE),
    RECONNECT_IMPOSSIBLE_SEQ(
            "ours", "msg_seq is below what the peer has acknowledged, or above what was sent", Action.RESET_BOTH),
    RECONNECT_OK("5.4 row 9", "otherwise", Action.RECONNECT);

    private final String source;
    private final String condition;
    private final Action action;

    AcceptRule(String source, String condition, Action action) {
        this.source = source;
        this.condition = condition;
        this.action = action;
    }

    /** Section and row of the specification; {@code ours} if Ceph has no such rule. */
    public String source() {
        return source;
    }

    /** What has to hold, rows above not holding. */
    public String condition() {
        return condition;
    }

    public Action action() {
        return action;
    }
}
