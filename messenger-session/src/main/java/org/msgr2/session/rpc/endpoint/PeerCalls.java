package org.msgr2.session.rpc.endpoint;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.message.Message;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireException;
import org.msgr2.session.Connection;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.rpc.CallStatus;
import org.msgr2.session.rpc.machine.BufferBudget;
import org.msgr2.session.rpc.machine.CallEnvelope;
import org.msgr2.session.rpc.machine.CallMachine;
import org.msgr2.session.rpc.machine.CallResult;
import org.msgr2.session.rpc.machine.Received;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All calls over one connection, in both directions. Changes are made one at a time, in steps: each is followed by what is to be
 * sent, and, without the lock, by what concerns others. Thread-safe.
 */
final class PeerCalls {
    private static final Logger LOG = LoggerFactory.getLogger(PeerCalls.class);

    /** Whatever we let in: a peer has as many refusals to come as it has calls under way, and it may have more than we allow. */
    private static final int REPLIES_MAX = 5 * 4096;

    private final CallEndpoint endpoint;
    private final Connection connection;
    private final Limits.Calls limits;
    private final BufferBudget buffered;

    // All that follows is guarded by this.
    private final Map<Long, CallEntry> calling = new HashMap<>();
    private final Map<Long, CallEntry> called = new HashMap<>();
    private final Deadlines deadlines;
    private final Outbox outbox;
    private final Queue<Runnable> changes = new ArrayDeque<>();
    private List<Runnable> afterwards = new ArrayList<>();
    private long lastId;
    private boolean inStep;
    private boolean wasReady;
    private @Nullable String gone;

    PeerCalls(CallEndpoint endpoint, Connection connection) {
        this.endpoint = endpoint;
        this.connection = connection;
        this.limits = endpoint.limits();
        this.buffered = new BufferBudget(limits.bufferedBytesMax());
        this.outbox = new Outbox(connection, endpoint.allocator(), this::through);
        this.deadlines = new Deadlines(endpoint.loop(), this::timerFired);
        // Not from 1: a peer that has not noticed that we were restarted must not take our calls for those of before.
        this.lastId = endpoint.entropy().nextLong() >>> 1;
        // Of what was before the first call nobody has told us.
        this.wasReady = connection.info() != null;
    }

    Connection connection() {
        return connection;
    }

    // --- Steps

    /** Makes a change; if one is being made on this thread, after it. */
    void step(Runnable change) {
        List<Runnable> after;
        synchronized (this) {
            changes.add(change);
            if (inStep) {
                return;
            }
            after = runChanges();
        }
        after.forEach(Runnable::run);
    }

    private List<Runnable> runChanges() {
        inStep = true;
        try {
            outbox.pump();
            for (Runnable next = changes.poll(); next != null; next = changes.poll()) {
                next.run();
                outbox.pump();
            }
            deadlines.arm();
        } finally {
            inStep = false;
        }
        if (afterwards.isEmpty()) {
            return List.of();
        }
        List<Runnable> after = afterwards;
        afterwards = new ArrayList<>();
        return after;
    }

    /** Runs when the step is over, without the lock. Within a step. */
    void afterwards(Runnable task) {
        afterwards.add(task);
    }

    /** There may be something to send. Within a step. */
    void touch(CallEntry entry) {
        outbox.touch(entry);
    }

    // --- Calls of ours

    /**
     * Begins a call.
     *
     * @param payload ownership passes
     */
    void call(CallEntry entry, CallEnvelope.Request request, ByteBuf payload) {
        step(() -> {
            CallMachine call = CallMachine.caller(++lastId, request, payload, buffered, entry);
            entry.machine(call);
            if (gone != null) {
                call.abort(CallStatus.NOT_SENT, gone, true);
            } else if (outbox.isBlocked() || calling.size() >= limits.callsMax()) {
                call.abort(
                        CallStatus.BACK_PRESSURED,
                        outbox.isBlocked() ? "the connection's queue is full" : calling.size() + " calls are under way",
                        true);
            } else {
                calling.put(call.id(), entry);
                begun(entry);
            }
        });
    }

    private void begun(CallEntry entry) {
        if (entry.hasDeadline()) {
            deadlines.add(entry);
        }
        touch(entry);
    }

    /** The caller does not want it any more. */
    void cancel(CallEntry entry, CallStatus why, String text) {
        step(() -> {
            if (entry.hasBegun()) {
                entry.machine().cancel(why, text, !entry.machine().hasEnded() && entry.takeBack());
                touch(entry);
            }
        });
    }

    // --- Items

    /** The next item that has come; null if there is none. Ownership passes. */
    @Nullable Received take(CallEntry entry) {
        @Nullable Received[] taken = new @Nullable Received[1];
        step(() -> {
            if (entry.hasBegun()) {
                taken[0] = entry.machine().poll();
                touch(entry); // for the credit
            }
        });
        return taken[0];
    }

    synchronized boolean isExhausted(CallEntry entry) {
        return entry.hasBegun() && entry.machine().isExhausted();
    }

    /** Null while it goes on. */
    synchronized @Nullable CallResult result(CallEntry entry) {
        return entry.hasBegun() ? entry.machine().result() : null;
    }

    synchronized boolean wantsItem(CallEntry entry) {
        return entry.hasBegun() && entry.machine().wantsItem();
    }

    /** @param payload taken over if and only if the answer is TAKEN */
    CallMachine.Offer offer(CallEntry entry, ByteBuf payload, Opaque token, boolean anew) {
        CallMachine.Offer[] answer = {CallMachine.Offer.WAIT};
        step(() -> {
            if (entry.hasBegun()) {
                answer[0] = entry.machine().offer(payload, token, anew);
                touch(entry);
            }
        });
        return answer[0];
    }

    void endItems(CallEntry entry) {
        step(() -> {
            entry.machine().endItems();
            touch(entry);
        });
    }

    /** The callee has ended it. */
    void finish(CallEntry entry, CallStatus status, int code, String text, ByteBuf payload) {
        step(() -> {
            if (entry.hasBegun()) {
                entry.machine().finish(status, code, text, payload);
                touch(entry);
            } else {
                payload.release(); // it was refused, since its node is being drained
            }
        });
    }

    /** A call has ended. Within a step. */
    void ended(CallEntry entry) {
        if (entry.hasDeadline()) {
            deadlines.remove(entry);
        }
        touch(entry);
    }

    /** Nothing is left to be sent for a call that has ended. Within a step. */
    private void through(CallEntry entry) {
        if ((entry.isCaller() ? calling : called).remove(entry.machine().id(), entry)) {
            entry.over();
        }
    }

    // --- Refusing

    /** Answers a call that is not kept. Within a step. */
    void reply(long id, CallEnvelope envelope) throws WireException {
        if (outbox.replies() >= REPLIES_MAX) {
            throw new WireException(FaultKind.LIMIT, "the peer calls, and does not read what it is answered");
        }
        outbox.reply(id, envelope);
    }

    void refuse(long id, CallEnvelope.Request request, CallStatus status, String text) throws WireException {
        endpoint.calleeCounters(request).refuse(status);
        reply(id, new CallEnvelope.Status(status, 0, endpoint.cut(text)));
    }

    // --- Receiving

    /** @param message borrowed */
    void received(Message message) {
        message.retain();
        step(() -> {
            try {
                receive(message);
            } catch (WireException e) {
                fault(e.inFrame("SERVICE_CALL").fromPeer(connection.peerAddr().toString()));
            } finally {
                message.release();
            }
        });
    }

    private void receive(Message message) throws WireException {
        if (gone != null) {
            return;
        }
        message.header().requireReadable(CallEnvelope.VERSION);
        CallEnvelope envelope = CallEnvelope.read(message.front(), limits);
        if (envelope == null) {
            return;
        }
        if (message.middle().isReadable() || (message.data().isReadable() && !envelope.carriesPayload())) {
            throw new WireException(envelope.kind() + " of call " + message.tid() + " with a payload");
        }
        if (message.data().readableBytes() > limits.payloadBytesMax()) {
            tooLarge(message.tid(), envelope, message.data().readableBytes());
            return;
        }
        if (envelope instanceof CallEnvelope.Request request) {
            begin(message.tid(), request, message.data());
            return;
        }
        CallEntry entry = (envelope.fromCaller() ? called : calling).get(message.tid());
        if (envelope instanceof CallEnvelope.Probe) {
            if (entry == null) {
                reply(
                        message.tid(),
                        envelope.fromCaller()
                                ? new CallEnvelope.Status(
                                        CallStatus.OUTCOME_UNKNOWN, 0, "no such call is known any more")
                                : new CallEnvelope.Cancel());
            }
        } else if (entry != null) {
            if (envelope instanceof CallEnvelope.Item && !entry.machine().hasEnded()) {
                entry.itemReceived();
            }
            entry.machine().received(envelope, message.data());
            touch(entry);
        } else if (envelope instanceof CallEnvelope.Cancel) {
            outbox.forgetRefusal(message.tid()); // nobody waits for it any more
        }
    }

    private void tooLarge(long id, CallEnvelope envelope, int bytes) throws WireException {
        String text = bytes + " bytes, at most " + limits.payloadBytesMax() + " are accepted";
        if (envelope instanceof CallEnvelope.Request request) {
            refuse(id, request, CallStatus.TOO_LARGE, text);
            return;
        }
        CallEntry entry = (envelope.fromCaller() ? called : calling).get(id);
        if (entry == null) {
            return;
        }
        if (entry.isCaller()) {
            entry.machine().cancel(CallStatus.TOO_LARGE, text, false);
        } else {
            entry.machine().finish(CallStatus.TOO_LARGE, 0, text, Unpooled.EMPTY_BUFFER);
        }
        touch(entry);
    }

    private void begin(long id, CallEnvelope.Request request, ByteBuf payload) throws WireException {
        if (called.containsKey(id)) {
            throw new WireException(FaultKind.SEQUENCE, "call " + id + " begins a second time");
        }
        if (called.size() >= limits.callsMax()) {
            refuse(id, request, CallStatus.OVERLOADED, called.size() + " calls are under way on this connection");
            return;
        }
        CalleeCall<?, ?> call = endpoint.admit(this, id, request, payload);
        if (call != null) {
            CallEntry entry = call.entry();
            entry.machine(CallMachine.callee(id, request, limits.windowItems(), limits.windowBytes(), buffered, entry));
            called.put(id, entry);
            begun(entry);
            afterwards(call::schedule);
        }
    }

    /** The peer breaks the protocol: the connection is closed. */
    private void fault(ProtocolException cause) {
        String text = String.valueOf(cause.getMessage());
        LOG.warn("closing {}: {}", connection, text);
        endpoint.faulted();
        gone = text;
        end(CallStatus.PROTOCOL, CallStatus.PROTOCOL, text);
        outbox.dropReplies();
        afterwards(connection::markDown);
    }

    // --- What becomes of the connection

    void event(SessionEvent event) {
        if (event instanceof SessionEvent.Writable) {
            step(outbox::unblock);
        } else if (event instanceof SessionEvent.RemoteReset) {
            step(() -> lost("the peer has forgotten the session"));
        } else if (event instanceof SessionEvent.Reset reset) {
            gone(String.valueOf(reset.cause().getMessage()));
        } else if (event instanceof SessionEvent.Connected || event instanceof SessionEvent.Accepted) {
            step(() -> {
                if (wasReady) {
                    probe(Integer.MAX_VALUE);
                }
                wasReady = true;
            });
        } else if (event instanceof SessionEvent.Interrupted interrupted && interrupted.waiting()) {
            step(() -> probe(1)); // nobody dials for a call in progress, but for something to send
        }
    }

    /** The connection has ended and does not come back. */
    void gone(String why) {
        step(() -> {
            if (gone == null) {
                gone = why;
                lost(why);
            }
        });
    }

    /** All that is under way ends: nobody knows how, except for what never left. */
    private void lost(String why) {
        end(CallStatus.OUTCOME_UNKNOWN, CallStatus.NOT_SENT, why);
        outbox.dropReplies();
    }

    private void end(CallStatus sent, CallStatus unsent, String why) {
        for (CallEntry entry : List.copyOf(calling.values())) {
            boolean never = !entry.machine().hasEnded() && entry.takeBack();
            entry.machine().abort(never ? unsent : sent, why, never);
            touch(entry);
        }
        for (CallEntry entry : List.copyOf(called.values())) {
            entry.machine().abort(CallStatus.CANCELLED, why, false);
            touch(entry);
        }
    }

    /** A peer that was restarted may have nothing to do with our calls, and no policy has to tell us: so it is asked. */
    private void probe(int callsMax) {
        int left = callsMax;
        for (Map<Long, CallEntry> calls : List.of(calling, called)) {
            for (CallEntry entry : calls.values()) {
                if (left > 0 && !entry.machine().hasEnded()) {
                    outbox.reply(entry.machine().id(), new CallEnvelope.Probe(entry.isCaller()));
                    left--;
                }
            }
        }
    }

    private void timerFired() {
        step(() -> {
            deadlines.disarmed();
            for (CallEntry entry = deadlines.overdue(); entry != null; entry = deadlines.overdue()) {
                if (entry.isCaller()) {
                    entry.machine().cancel(CallStatus.DEADLINE_EXCEEDED, "no answer in time", entry.takeBack());
                } else {
                    entry.machine().finish(CallStatus.DEADLINE_EXCEEDED, 0, "not done in time", Unpooled.EMPTY_BUFFER);
                }
                touch(entry);
            }
        });
    }
}
