package org.msgr2.session.mon;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.auth.Errno;
import org.msgr2.crypto.auth.cephx.AuthReplyMessage;
import org.msgr2.crypto.auth.cephx.RotatingSecrets;
import org.msgr2.crypto.auth.cephx.TicketRenewal;

/**
 * The MAuth messages of one monitor session (spec/msgr2 §3.8, renewal): tickets when they are due, rotating keys when
 * somebody wants them. One request at a time, so that an answer, and above all a refusal, can only be to that. Not
 * thread-safe.
 */
final class AuthExchange {
    private static final long RETRY_INITIAL_NS = Duration.ofSeconds(1).toNanos();
    private static final long RETRY_MAX_NS = Duration.ofSeconds(60).toNanos();

    private static final Duration RECHECK = Duration.ofSeconds(1);

    private enum Request {
        TICKETS,
        KEYS
    }

    /** What an answer brings. */
    sealed interface Answer {
        /** The tickets are taken over. */
        record Tickets() implements Answer {}

        record Keys(RotatingSecrets secrets) implements Answer {}

        /** There are no keys for us, for now or for good. */
        record NoKeys(ProtocolException why) implements Answer {}

        /** The monitor cannot renew the tickets now; they are asked for again later. */
        record Later(int result) implements Answer {}
    }

    private final TicketRenewal renewal;
    private final long answerTimeoutNs;

    private @Nullable Request asked;
    private long askedNs;
    private boolean keysWanted;
    private long retryWaitNs;
    private long retryFromNs;

    AuthExchange(TicketRenewal renewal, Duration answerTimeout) {
        this.renewal = renewal;
        this.answerTimeoutNs = answerTimeout.toNanos();
    }

    /** Rotating keys are wanted, as they are from now on. */
    void wantKeys() {
        keysWanted = true;
    }

    /** The payload of an MAuth message that is to be sent now; null if none is. */
    @Nullable Opaque poll(long nowNs) {
        if (asked != null) {
            return null;
        }
        if (retryWaitNs == 0 || nowNs - retryFromNs >= retryWaitNs) {
            Optional<Opaque> tickets = renewal.request();
            if (tickets.isPresent()) {
                ask(Request.TICKETS, nowNs);
                return tickets.get();
            }
        }
        if (keysWanted) {
            keysWanted = false;
            ask(Request.KEYS, nowNs);
            return renewal.rotatingKeysRequest();
        }
        return null;
    }

    /** Whether the request that waits for its answer is for keys. */
    boolean asksForKeys() {
        return asked == Request.KEYS;
    }

    private void ask(Request request, long nowNs) {
        asked = request;
        askedNs = nowNs;
    }

    /**
     * Takes an answer.
     *
     * @throws ProtocolException if the session is of no use any more: the login ticket is not believed, or what came is no
     *     answer
     */
    Answer reply(AuthReplyMessage reply, long nowNs) throws ProtocolException {
        Request request = asked;
        if (request == null) {
            throw new ProtocolException(FaultKind.SEQUENCE, "an auth_reply that nobody asked for");
        }
        asked = null;
        if (request == Request.KEYS) {
            return keys(reply);
        }
        if (reply.result() < 0 && !Errno.isDenial(reply.result())) {
            retryFromNs = nowNs;
            retryWaitNs = retryWaitNs == 0 ? RETRY_INITIAL_NS : Math.min(RETRY_MAX_NS, 2 * retryWaitNs);
            return new Answer.Later(reply.result());
        }
        renewal.reply(reply);
        retryWaitNs = 0;
        return new Answer.Tickets();
    }

    private Answer keys(AuthReplyMessage reply) throws ProtocolException {
        if (reply.result() < 0) {
            String why = "the monitor refuses rotating keys with " + Errno.toString(reply.result());
            return new Answer.NoKeys(new ProtocolException(FaultKind.AUTH, why));
        }
        Optional<RotatingSecrets> secrets = renewal.reply(reply);
        if (secrets.isEmpty()) {
            throw new ProtocolException(FaultKind.SEQUENCE, "tickets, asked for were rotating keys");
        }
        return new Answer.Keys(secrets.get());
    }

    /** Whether an answer is missing for so long that none will come. */
    boolean overdue(long nowNs) {
        return asked != null && nowNs - askedNs >= answerTimeoutNs;
    }

    /**
     * After {@link #poll}: how long nothing needs to be done, as things are now.
     *
     * @param atMost the longest answer: a service may refuse a ticket, and the time of day may be set
     */
    Duration idle(long nowNs, Instant now, Duration atMost) {
        if (asked != null) {
            return shorter(Duration.ofNanos(Math.max(0, askedNs + answerTimeoutNs - nowNs)), atMost);
        }
        Instant due = renewal.nextRenewal();
        if (due.isAfter(now.plus(atMost))) {
            return atMost;
        }
        Duration wait = Duration.between(now, due);
        if (retryWaitNs != 0) {
            wait = longer(wait, Duration.ofNanos(retryFromNs + retryWaitNs - nowNs));
        }
        // What is due and yet was not polled waits for something else, such as a login.
        return shorter(wait.isNegative() || wait.isZero() ? RECHECK : wait, atMost);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
