package org.msgr2.session.rpc.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireException;
import org.msgr2.session.rpc.CallStatus;

class CallMachineTest {
    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final List<String> events = new ArrayList<>();
    private final BufferBudget budget = new BufferBudget(100);

    private final CallEvents recorder = new CallEvents() {
        @Override
        public void itemsCame() {
            events.add("came");
        }

        @Override
        public void itemsWanted() {
            events.add("wanted");
        }

        @Override
        public void ended(CallResult result) {
            events.add(result.status() + (result.neverSent() ? ", never sent" : ""));
            result.payload().release();
        }
    };

    private static CallEnvelope.Request request(int shape) {
        return new CallEnvelope.Request(shape, "s", "m", 0, 2, 1000, Opaque.EMPTY, Map.of());
    }

    private ByteBuf payload(int bytes) {
        return leaks.allocator().buffer().writeZero(bytes);
    }

    private CallMachine caller(int shape) {
        return CallMachine.caller(1, request(shape), payload(3), budget, recorder);
    }

    private CallMachine callee(int shape) {
        return CallMachine.callee(1, request(shape), 2, 1000, budget, recorder);
    }

    /** What it has to say now. */
    private static @Nullable CallEnvelope sent(CallMachine call) {
        Outgoing next = call.next();
        if (next == null) {
            return null;
        }
        call.taken();
        return next.envelope();
    }

    private void item(CallMachine call, boolean fromCaller, int bytes) throws WireException {
        ByteBuf payload = payload(bytes);
        try {
            call.received(new CallEnvelope.Item(fromCaller, Opaque.EMPTY, false), payload);
        } finally {
            payload.release();
        }
    }

    @Test
    void aCallEndsOnceWhateverComesLater() throws WireException {
        CallMachine call = caller(0);
        sent(call);

        call.received(new CallEnvelope.Status(CallStatus.OK, 0, ""), Unpooled.EMPTY_BUFFER);
        call.received(new CallEnvelope.Status(CallStatus.FAILED, 0, ""), Unpooled.EMPTY_BUFFER);
        call.cancel(CallStatus.DEADLINE_EXCEEDED, "", false);
        call.abort(CallStatus.OUTCOME_UNKNOWN, "", false);

        assertThat(events).containsExactly("OK", "came");
        assertThat(sent(call)).isNull();
    }

    @Test
    void whatIsCancelledBeforeItLeftIsNotSentAtAll() {
        CallMachine call = caller(0);

        call.cancel(CallStatus.CANCELLED, "", false);

        assertThat(events).containsExactly("CANCELLED, never sent");
        assertThat(sent(call)).isNull();
    }

    @Test
    void whatIsTakenBackIsNotCancelledAtThePeer() {
        CallMachine call = caller(0);
        sent(call);

        call.cancel(CallStatus.DEADLINE_EXCEEDED, "", true);

        assertThat(events).containsExactly("DEADLINE_EXCEEDED, never sent");
        assertThat(sent(call)).isNull();
    }

    @Test
    void whatHasLeftIsCancelledAtThePeer() {
        CallMachine call = caller(0);
        sent(call);

        call.cancel(CallStatus.CANCELLED, "", false);

        assertThat(events).containsExactly("CANCELLED");
        assertThat(sent(call)).isEqualTo(new CallEnvelope.Cancel());
    }

    @Test
    void itemsNeedCreditAndOneAtATimeWaits() throws WireException {
        CallMachine call = callee(CallEnvelope.CALLEE_STREAMS);
        List<CallMachine.Offer> offers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            offers.add(call.offer(payload(1), Opaque.EMPTY, false));
            assertThat(call.wantsItem()).as("one waits").isFalse();
            assertThat(sent(call)).isInstanceOf(CallEnvelope.Item.class);
        }
        ByteBuf third = payload(1);
        offers.add(call.offer(third, Opaque.EMPTY, false));
        third.release();
        assertThat(offers).containsExactly(CallMachine.Offer.TAKEN, CallMachine.Offer.TAKEN, CallMachine.Offer.WAIT);
        events.clear();

        call.received(new CallEnvelope.Credit(true, 1, 1), Unpooled.EMPTY_BUFFER);

        assertThat(events).containsExactly("wanted");
        assertThat(call.wantsItem()).isTrue();
    }

    @Test
    void theAnswerGoesBehindTheItems() {
        CallMachine call = callee(CallEnvelope.CALLEE_STREAMS);
        call.offer(payload(1), Opaque.EMPTY, false);

        call.finish(CallStatus.OK, 0, "", Unpooled.EMPTY_BUFFER);

        assertThat(sent(call)).isInstanceOf(CallEnvelope.Item.class);
        assertThat(sent(call)).isEqualTo(new CallEnvelope.Status(CallStatus.OK, 0, ""));
        assertThat(events).containsExactly("OK");
    }

    @Test
    void aCalleeGrantsItsWindowFirstAndThenWhatWasRead() throws WireException {
        CallMachine call = callee(CallEnvelope.CALLER_STREAMS);
        assertThat(sent(call)).isEqualTo(new CallEnvelope.Credit(false, 2, 1000));
        item(call, true, 10);
        item(call, true, 20);
        assertThat(sent(call)).isNull();

        Received first = call.poll();
        assertThat(first).isNotNull();
        first.payload().release();

        assertThat(sent(call)).isEqualTo(new CallEnvelope.Credit(false, 1, 10));
        call.dropItems();
        assertThat(budget.bytes()).isZero();
    }

    @Test
    void itemsBeyondTheWindowAreAFault() throws WireException {
        CallMachine call = caller(CallEnvelope.CALLEE_STREAMS);
        sent(call);
        item(call, false, 1);
        item(call, false, 1);

        assertThatThrownBy(() -> item(call, false, 1)).hasMessageContaining("beyond the window of 2 items");
        call.dropItems();
    }

    @Test
    void itemsThatNobodyHasAskedForAreAFault() {
        CallMachine call = caller(0);
        sent(call);

        assertThatThrownBy(() -> item(call, false, 1)).isInstanceOf(WireException.class);
        assertThatThrownBy(() -> call.received(new CallEnvelope.Credit(false, 1, 1), Unpooled.EMPTY_BUFFER))
                .isInstanceOf(WireException.class);
    }

    @Test
    void moreThanTheBudgetEndsTheStreamAndNothingElse() throws WireException {
        CallMachine call = caller(CallEnvelope.CALLEE_STREAMS);
        sent(call);
        item(call, false, 60);

        item(call, false, 60);

        assertThat(events).containsExactly("came", "TOO_LARGE");
        assertThat(sent(call)).isEqualTo(new CallEnvelope.Cancel());
        assertThat(budget.bytes()).isZero();
    }

    @Test
    void anEndedCalleeSaysNothingMoreAndItsItemsAreDropped() throws WireException {
        CallMachine call = callee(CallEnvelope.CALLER_STREAMS | CallEnvelope.CALLEE_STREAMS);
        sent(call);
        item(call, true, 10);
        call.offer(payload(5), Opaque.EMPTY, false);

        call.received(new CallEnvelope.Cancel(), Unpooled.EMPTY_BUFFER);
        call.finish(CallStatus.OK, 0, "", payload(7));

        assertThat(events).containsExactly("came", "CANCELLED");
        assertThat(sent(call)).isNull();
        assertThat(budget.bytes()).isZero();
        assertThat(call.isExhausted()).isTrue();
    }
}
