package org.msgr2.session.testing.sim;

/** What a simulated run may do to its messengers. Every kind has to occur in a run of many seeds. */
enum SimFault {
    /** Both ends lose the stream, and what was on its way. */
    RESET,
    /** One end loses the stream at once, the other later: what that one was sent still arrives, over a connection that has a successor. */
    OLD_CONNECTION_DELIVERS,
    /** Something between the ends closes the stream in good order. */
    FIN,
    /** The stream is cut behind a certain byte, often one of the handshake. */
    CUT_AT_BYTE,
    /** The stream stands still behind a certain byte for a while. */
    HELD_AT_BYTE,
    /** Neither end hears of the other again, nor that there is nobody; perhaps from a certain byte on. */
    HALF_OPEN,
    /** What is on its way arrives late. */
    STALL,
    /** Bytes arrive in pieces of any size. */
    CHUNKED,
    /** A byte is changed on its way. */
    CORRUPTED_BYTE,
    /** A process stands still for a while: timers and bytes meet when it goes on. */
    PAUSE,
    /** The application takes its time. */
    SLOW_READER,
    /** A connection waits for being accepted, and is served when its peer may have given up. */
    ACCEPT_DELAYED,
    /** Nobody listens for a while. */
    REFUSED,
    /** A process dies and starts again behind the same address, nonce included. */
    RESTART_SAME_NONCE,
    /** The same with another nonce. */
    RESTART_NEW_NONCE,
    /** A process dies without a word: its peers' streams find out later. */
    SILENT_CRASH,
    /** Both ends dial each other. */
    BOTH_DIAL,
    /** The time of day jumps. */
    CLOCK_JUMP,
    /** A clock runs fast or slow. */
    CLOCK_DRIFT,
    /** A ticket ends in the midst of an authentication. */
    TICKET_EXPIRED,
    /** Two nodes do not reach each other. */
    PARTITION,
    /** One node does not reach the other, which reaches it. */
    PARTITION_ONE_WAY,
    /** Some pairs of nodes do not reach each other, and do again, in whichever order. */
    CLOGGED,
    /** The application marks a connection down. */
    MARK_DOWN,
    /** The application closes a connection when all is sent, and perhaps asks for another before. */
    CLOSE,
    /** The application has no use for a connection that breaks. */
    DISPOSABLE,
    /** Another entity tells a node's address for its own. */
    IMPOSTOR,
    /** A peer claims to have messages that it was not sent. */
    IMPOSSIBLE_POSITION,
    /** A peer has mistaken one session for another. */
    WRONG_COOKIE
}
