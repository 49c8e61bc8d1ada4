package org.msgr2.session.rpc.endpoint;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.session.Connection;
import org.msgr2.session.SendResult;
import org.msgr2.session.rpc.CallStatus;
import org.msgr2.session.rpc.machine.CallEnvelope;
import org.msgr2.session.rpc.machine.CallMachine;
import org.msgr2.session.rpc.machine.Outgoing;

/**
 * What the calls of one connection have to send, in the order in which they came to have it, and what is answered to calls that
 * are not kept, which goes first. Stops when the connection takes nothing more, until {@link #unblock}. Guarded by the {@link
 * PeerCalls} that owns it.
 */
final class Outbox {

    /** What a call that is not kept is answered, and what is asked after one. The same is said once, however often it is due. */
    private record Reply(long id, CallEnvelope envelope) {
        boolean refuses(long call) {
            return id == call && envelope instanceof CallEnvelope.Status;
        }
    }

    private final Connection connection;
    private final ByteBufAllocator allocator;
    private final Consumer<CallEntry> through;
    private final Queue<CallEntry> ready = new ArrayDeque<>();
    private final Set<Reply> replies = new LinkedHashSet<>();
    private boolean blocked;

    /** @param through takes calls that have ended and have nothing more to send; perhaps more than once */
    Outbox(Connection connection, ByteBufAllocator allocator, Consumer<CallEntry> through) {
        this.connection = connection;
        this.allocator = allocator;
        this.through = through;
    }

    /** Whether the connection's queue is full. */
    boolean isBlocked() {
        return blocked;
    }

    /** The connection may take something again. */
    void unblock() {
        blocked = false;
    }

    /** That call may have something to send. */
    void touch(CallEntry entry) {
        if (!entry.queued) {
            entry.queued = true;
            ready.add(entry);
        }
    }

    /** Says something about a call that is not kept, or does not say it by itself. The owner bounds how much. */
    void reply(long id, CallEnvelope envelope) {
        replies.add(new Reply(id, envelope));
    }

    /** Nobody waits any more to hear that this call is refused. */
    void forgetRefusal(long call) {
        replies.removeIf(reply -> reply.refuses(call));
    }

    int replies() {
        return replies.size();
    }

    /** The peer, or the session, will not hear them. */
    void dropReplies() {
        replies.clear();
        blocked = false;
    }

    /** Sends what the connection takes; what calls have is dropped by them if it takes nothing any more. */
    void pump() {
        while (!blocked && !replies.isEmpty()) {
            Reply reply = replies.iterator().next();
            Message message = message(reply.id(), reply.envelope(), null);
            if (!keepOrRelease(connection.send(message), message)) {
                replies.remove(reply);
            }
        }
        while (!blocked && !ready.isEmpty()) {
            CallEntry entry = ready.element();
            Outgoing next = entry.machine().next();
            if (next != null) {
                send(entry, next);
                continue;
            }
            ready.remove();
            entry.queued = false;
            if (entry.machine().hasEnded()) {
                through.accept(entry);
            }
        }
    }

    private Message message(long id, CallEnvelope envelope, @Nullable ByteBuf payload) {
        ByteBuf front = allocator.buffer();
        envelope.write(front);
        Message.Builder builder =
                Message.builder(MessageType.SERVICE_CALL).tid(id).front(front);
        if (payload != null && payload.isReadable()) {
            builder.data(payload.retainedDuplicate());
        }
        return builder.build();
    }

    /** Whether it has to be sent later. The message is the connection's, or nobody's any more. */
    private boolean keepOrRelease(SendResult sent, Message message) {
        if (!sent.accepted()) {
            message.release();
        }
        blocked = sent.outcome() == SendResult.Outcome.BACK_PRESSURED;
        return blocked;
    }

    private void send(CallEntry entry, Outgoing next) {
        CallMachine call = entry.machine();
        Message message = message(call.id(), next.envelope(), next.payload());
        SendResult sent = connection.send(message);
        keepOrRelease(sent, message);
        if (next.envelope() instanceof CallEnvelope.Request) {
            sentRequest(entry, sent);
            return;
        }
        switch (sent.outcome()) {
            case ACCEPTED -> call.taken();
            case CLOSED -> call.dropOutgoing();
            case TOO_LARGE -> tooLarge(call);
            case BACK_PRESSURED -> {} // it stays where it is
        }
    }

    private static void sentRequest(CallEntry entry, SendResult sent) {
        CallMachine call = entry.machine();
        switch (sent.outcome()) {
            case ACCEPTED -> {
                entry.requestSent(sent);
                call.taken();
            }
            case BACK_PRESSURED -> call.abort(CallStatus.BACK_PRESSURED, "the connection's queue is full", true);
            case CLOSED -> call.abort(CallStatus.NOT_SENT, "the connection has ended", true);
            case TOO_LARGE -> call.abort(CallStatus.TOO_LARGE, "more than a message may have", true);
        }
    }

    private static void tooLarge(CallMachine call) {
        String text = "more than a message may have";
        if (call.role() == CallMachine.Role.CALLER) {
            call.dropOutgoing();
            call.cancel(CallStatus.TOO_LARGE, text, false);
        } else {
            call.replaceStatus(CallStatus.TOO_LARGE, text);
            call.finish(CallStatus.TOO_LARGE, 0, text, Unpooled.EMPTY_BUFFER);
        }
    }
}
