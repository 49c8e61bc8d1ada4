package org.msgr2.session.rpc.endpoint;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.wire.Opaque;
import org.msgr2.session.SendResult;
import org.msgr2.session.rpc.machine.CallEvents;
import org.msgr2.session.rpc.machine.CallMachine;
import org.msgr2.session.rpc.machine.CallResult;
import org.msgr2.session.rpc.machine.Received;

/**
 * A call under way, and whom it concerns. Guarded by its {@link PeerCalls}, whose steps drive the machine: what the machine tells
 * is passed on when the step is over.
 */
final class CallEntry implements CallEvents, CallEnd, Comparable<CallEntry> {

    /** Whom it concerns. Not within a step; perhaps on an event loop: must not block. */
    interface Listener {
        /** An item, or the last of them, has come. */
        default void itemsCame() {}

        /** An item that was not taken may be offered again. */
        default void itemsWanted() {}

        /** @param result whose payload is the listener's */
        void ended(CallResult result);

        /** Last: it has ended, and the connection has all that was to be sent of it, or takes nothing any more. */
        default void over() {}
    }

    private final PeerCalls peer;
    private final Listener listener;
    private final CallCounters counters;
    private final boolean hasDeadline;
    private final long deadlineNs;

    private @Nullable CallMachine machine;
    private @Nullable SendResult request;
    /** Whether the peer calls look at it for something to send. */
    boolean queued;

    CallEntry(PeerCalls peer, Listener listener, CallCounters counters, boolean hasDeadline, long deadlineNs) {
        this.peer = peer;
        this.listener = listener;
        this.counters = counters;
        this.hasDeadline = hasDeadline;
        this.deadlineNs = deadlineNs;
    }

    PeerCalls peer() {
        return peer;
    }

    void machine(CallMachine call) {
        machine = call;
    }

    CallMachine machine() {
        if (machine == null) {
            throw new IllegalStateException("the call has not begun");
        }
        return machine;
    }

    boolean hasBegun() {
        return machine != null;
    }

    boolean isCaller() {
        return machine().role() == CallMachine.Role.CALLER;
    }

    boolean hasDeadline() {
        return hasDeadline;
    }

    long deadlineNs() {
        return deadlineNs;
    }

    /** The request is on its way, and may be taken back. */
    void requestSent(SendResult result) {
        request = result;
    }

    /** Takes the request back if that is still possible; whether nothing of it was or will be written. */
    boolean takeBack() {
        return request != null && (request.revoke() == SendResult.Revocation.REMOVED || request.neverWritten());
    }

    // --- For streams

    @Override
    public @Nullable Received take() {
        return peer.take(this);
    }

    @Override
    public boolean isExhausted() {
        return peer.isExhausted(this);
    }

    @Override
    public @Nullable CallResult result() {
        return peer.result(this);
    }

    @Override
    public boolean wantsItem() {
        return peer.wantsItem(this);
    }

    @Override
    public CallMachine.Offer offer(ByteBuf payload, Opaque token, boolean anew) {
        CallMachine.Offer offer = peer.offer(this, payload, token, anew);
        if (offer == CallMachine.Offer.TAKEN) {
            counters.itemSent();
        }
        return offer;
    }

    /** An item of the peer's is on its way to its reader. */
    void itemReceived() {
        counters.itemReceived();
    }

    // --- From the machine

    @Override
    public void itemsCame() {
        peer.afterwards(listener::itemsCame);
    }

    @Override
    public void itemsWanted() {
        peer.afterwards(listener::itemsWanted);
    }

    @Override
    public void ended(CallResult result) {
        peer.ended(this);
        peer.afterwards(() -> listener.ended(result));
    }

    /** Nothing is left to be sent. Within a step. */
    void over() {
        peer.afterwards(listener::over);
    }

    /** The one whose time is over first. Monotonic times are compared by their difference. */
    @Override
    public int compareTo(CallEntry other) {
        int byTime = Long.signum(deadlineNs - other.deadlineNs);
        if (byTime != 0 || this == other) {
            return byTime;
        }
        int byId = Long.compare(machine().id(), other.machine().id());
        return byId != 0 ? byId : machine().role().compareTo(other.machine().role());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
