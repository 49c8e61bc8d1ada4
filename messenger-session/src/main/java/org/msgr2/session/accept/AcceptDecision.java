package org.msgr2.session.accept;

/**
 * What is to be done about an incoming connection.
 *
 * @param rule the one that decided
 * @param seq of RETRY and RETRY_GLOBAL: what they carry; otherwise 0
 */
public record AcceptDecision(AcceptRule rule, long seq) {

    /** What an acceptor can do. */
    public enum Action {
        /** SERVER_IDENT: a session begins. */
        NEW_SESSION("SERVER_IDENT: a new session"),
        /** The session ends, with its reset event; SERVER_IDENT: another begins. */
        REPLACE_SESSION("the session ends with a reset event; SERVER_IDENT: a new one"),
        /** SERVER_IDENT: the session goes on over this connection, and is established anew. */
        TAKE_OVER("SERVER_IDENT: the session takes this connection over"),
        /** The session forgets everything, with its remote-reset event, then as {@link #TAKE_OVER}. */
        RESET_AND_TAKE_OVER(
                "remote-reset event, all is forgotten; SERVER_IDENT: the session takes this connection over"),
        /** RECONNECT_OK: the session goes on where it was. */
        RECONNECT("RECONNECT_OK: the session goes on over this connection"),
        /** WAIT: another connection wins. */
        WAIT("WAIT"),
        /** WAIT; and ours must become ready, even with nothing to send. */
        WAIT_AND_KEEP_ALIVE("WAIT; the session's own attempt goes on, with a keepalive"),
        /**
         * Closed without a word: a newer connection of the peer has been here. Or it is a process whose clock, and so its global_seq,
         * went back when it was restarted: a session that can dial finds out.
         */
        DROP_AND_KEEP_ALIVE("closed without an answer; the session asks its peer for a sign of life"),
        /** Closed with an AUTH fault. */
        REFUSE("closed with an AUTH fault"),
        /** SESSION_RESET(full): the peer has to forget everything. It may go on with CLIENT_IDENT, here. */
        RESET_FULL("SESSION_RESET(full)"),
        /** SESSION_RESET(not full): the peer keeps what it has to send. It may go on with CLIENT_IDENT, here. */
        RESET_PARTIAL("SESSION_RESET(not full)"),
        /** Our session forgets everything too, with its remote-reset event; SESSION_RESET(full). */
        RESET_BOTH("remote-reset event, all is forgotten; SESSION_RESET(full)"),
        /** SESSION_RETRY: again, with a higher connect_seq. */
        RETRY("SESSION_RETRY(connect_seq)"),
        /** SESSION_RETRY_GLOBAL: again, with a higher global_seq. */
        RETRY_GLOBAL("SESSION_RETRY_GLOBAL(global_seq)");

        private final String description;

        Action(String description) {
            this.description = description;
        }

        /** For documentation. */
        public String description() {
            return description;
        }
    }

    AcceptDecision(AcceptRule rule) {
        this(rule, 0);
    }

    public Action action() {
        return rule.action();
    }
}
