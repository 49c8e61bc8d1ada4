package org.msgr2.session.rpc.machine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireException;
import org.msgr2.session.rpc.CallStatus;

/**
 * One end of one call. Takes what the application wants, what the peer says and what becomes of the connection; has messages
 * to send, which are pulled ({@link #next}, {@link #taken}); and ends exactly once. Not thread-safe.
 *
 * <p>At most one item waits to be sent: a second is refused, so that whoever produces them feels the brake.
 */
public final class CallMachine {

    /** Which end this is. */
    public enum Role {
        CALLER,
        CALLEE
    }

    /** The answer to an item that is to be sent. */
    public enum Offer {
        /** The call owns it. */
        TAKEN,
        /** Not now: {@link CallEvents#itemsWanted} tells when. It is still the caller's. */
        WAIT,
        /** Never: the call, or this direction of it, has ended. It is still the caller's. */
        ENDED
    }

    private final long id;
    private final Role role;
    private final @Nullable Sending sending;
    private final @Nullable Receiving receiving;
    private final CallEvents events;
    private final Queue<Outgoing> out = new ArrayDeque<>();

    private boolean requestTaken;
    private boolean refused;
    private @Nullable CallResult result;

    private CallMachine(
            long id, Role role, @Nullable Sending sending, @Nullable Receiving receiving, CallEvents events) {
        this.id = id;
        this.role = role;
        this.sending = sending;
        this.receiving = receiving;
        this.events = events;
    }

    /**
     * A call begins here.
     *
     * @param payload ownership passes
     */
    public static CallMachine caller(
            long id, CallEnvelope.Request request, ByteBuf payload, BufferBudget budget, CallEvents events) {
        boolean sends = (request.shape() & CallEnvelope.CALLER_STREAMS) != 0;
        boolean receives = (request.shape() & CallEnvelope.CALLEE_STREAMS) != 0;
        CallMachine call = new CallMachine(
                id,
                Role.CALLER,
                sends ? new Sending(0, 0) : null,
                receives ? new Receiving((int) request.items(), (int) request.bytes(), true, budget) : null,
                events);
        call.out.add(new Outgoing(request, payload));
        return call;
    }

    /** A peer's call begins here; what the peer may send is told with the next message. */
    public static CallMachine callee(
            long id,
            CallEnvelope.Request request,
            int windowItems,
            int windowBytes,
            BufferBudget budget,
            CallEvents events) {
        boolean receives = (request.shape() & CallEnvelope.CALLER_STREAMS) != 0;
        boolean sends = (request.shape() & CallEnvelope.CALLEE_STREAMS) != 0;
        CallMachine call = new CallMachine(
                id,
                Role.CALLEE,
                sends ? new Sending(request.items(), request.bytes()) : null,
                receives ? new Receiving(windowItems, windowBytes, false, budget) : null,
                events);
        call.requestTaken = true;
        return call;
    }

    public long id() {
        return id;
    }

    public Role role() {
        return role;
    }

    /** Null while it goes on. */
    public @Nullable CallResult result() {
        return result;
    }

    public boolean hasEnded() {
        return result != null;
    }

    // --- What is to be sent

    /** The next message, which stays first until it is {@link #taken}; null if there is none. */
    public @Nullable Outgoing next() {
        if (out.isEmpty() && receiving != null && result == null && requestTaken) {
            CallEnvelope.Credit credit = receiving.due(role == Role.CALLER);
            if (credit != null) {
                out.add(Outgoing.of(credit));
            }
        }
        return out.peek();
    }

    /** The connection has taken {@link #next}. */
    public void taken() {
        Outgoing sent = out.remove();
        sent.release();
        requestTaken = true;
        tellIfWanted();
    }

    /** The connection takes nothing any more: what waits is dropped. */
    public void dropOutgoing() {
        out.forEach(Outgoing::release);
        out.clear();
    }

    private void tellIfWanted() {
        if (refused && result == null && out.isEmpty() && sending != null && sending.hasCredit()) {
            refused = false;
            events.itemsWanted();
        }
    }

    // --- From the application

    /** Whether an item would be taken now; if not, {@link CallEvents#itemsWanted} tells when. */
    public boolean wantsItem() {
        if (result != null || sending == null || sending.hasEnded()) {
            return false;
        }
        refused = !out.isEmpty() || !sending.hasCredit();
        return !refused;
    }

    /**
     * An item.
     *
     * @param payload owned by the call if and only if it is {@link Offer#TAKEN}
     */
    public Offer offer(ByteBuf payload, Opaque token, boolean anew) {
        if (result != null || sending == null || sending.hasEnded()) {
            return Offer.ENDED;
        }
        if (!wantsItem()) {
            return Offer.WAIT;
        }
        sending.sent(payload.readableBytes());
        out.add(new Outgoing(new CallEnvelope.Item(role == Role.CALLER, token, anew), payload));
        return Offer.TAKEN;
    }

    /** The caller has no more items. */
    public void endItems() {
        if (role == Role.CALLER && result == null && sending != null && !sending.hasEnded()) {
            sending.end();
            out.add(Outgoing.of(new CallEnvelope.End()));
        }
    }

    /**
     * The callee has done it, or not.
     *
     * @param payload ownership passes; the only answer, empty if there is none
     */
    public void finish(CallStatus status, int code, String text, ByteBuf payload) {
        if (result != null) {
            payload.release();
            return;
        }
        out.add(new Outgoing(new CallEnvelope.Status(status, code, text), payload));
        end(CallResult.of(status, text));
    }

    /** The answer cannot be sent as it is: another takes its place. */
    public void replaceStatus(CallStatus status, String text) {
        dropOutgoing();
        out.add(Outgoing.of(new CallEnvelope.Status(status, 0, text)));
    }

    /**
     * The caller does not want it any more: its items are dropped, and the callee is told.
     *
     * @param why CANCELLED, or DEADLINE_EXCEEDED
     * @param takenBack the request was sent, and taken back before anything of it left
     */
    public void cancel(CallStatus why, String text, boolean takenBack) {
        if (result != null) {
            dropItems();
            return;
        }
        boolean unsent = !requestTaken || takenBack;
        dropOutgoing();
        if (!unsent) {
            out.add(Outgoing.of(new CallEnvelope.Cancel()));
        }
        dropItems();
        end(unsent ? CallResult.unsent(why, text) : CallResult.of(why, text));
    }

    /** It ends here without a word to the peer. */
    public void abort(CallStatus status, String text, boolean neverSent) {
        dropOutgoing();
        if (result == null) {
            end(neverSent || !requestTaken ? CallResult.unsent(status, text) : CallResult.of(status, text));
        }
    }

    private void end(CallResult how) {
        result = how;
        if (role == Role.CALLEE) {
            dropItems();
        }
        events.ended(how);
    }

    // --- Items that have come

    /** Ownership of the payload passes. */
    public @Nullable Received poll() {
        return receiving == null ? null : receiving.poll();
    }

    /** Whether no item waits, and none will come. */
    public boolean isExhausted() {
        return receiving == null || (receiving.isEmpty() && (receiving.hasEnded() || result != null));
    }

    /** Nobody reads what waits. */
    public void dropItems() {
        if (receiving != null) {
            receiving.drop();
        }
    }

    // --- From the peer

    /**
     * Anything but a request.
     *
     * @param payload borrowed
     * @throws WireException if it has no place here
     */
    public void received(CallEnvelope envelope, ByteBuf payload) throws WireException {
        if (result != null) {
            return; // it has crossed the end of the call
        }
        if (envelope instanceof CallEnvelope.Item item) {
            receive(new Received(payload.retainedSlice(), item.token(), item.anew()));
        } else if (envelope instanceof CallEnvelope.Credit credit) {
            if (sending == null) {
                throw new WireException(FaultKind.SEQUENCE, "credit for a call without items");
            }
            sending.granted(credit.items(), credit.bytes());
            tellIfWanted();
        } else if (envelope instanceof CallEnvelope.End) {
            if (receiving == null) {
                throw new WireException(FaultKind.SEQUENCE, "an end of items for a call without any");
            }
            receiving.end();
            events.itemsCame();
        } else if (envelope instanceof CallEnvelope.Status status) {
            dropOutgoing();
            end(new CallResult(
                    status.status(),
                    status.code(),
                    status.text(),
                    status.status().nothingHappened(),
                    payload.retainedSlice()));
            events.itemsCame();
        } else if (envelope instanceof CallEnvelope.Cancel) {
            dropOutgoing();
            end(CallResult.of(CallStatus.CANCELLED, "cancelled by the caller"));
        }
    }

    private void receive(Received item) throws WireException {
        boolean taken = false;
        try {
            if (receiving == null) {
                throw new WireException(FaultKind.SEQUENCE, "an item for a call without any");
            }
            taken = receiving.received(item);
        } finally {
            if (!taken) {
                item.payload().release();
            }
        }
        if (taken) {
            events.itemsCame();
            return;
        }
        String text = "too much waits to be read on this connection";
        if (role == Role.CALLER) {
            cancel(CallStatus.TOO_LARGE, text, false);
        } else {
            finish(CallStatus.TOO_LARGE, 0, text, Unpooled.EMPTY_BUFFER);
        }
    }
}
