package org.msgr2.session.testing.sim;

import org.jspecify.annotations.Nullable;
import org.msgr2.session.rpc.CallContext;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallStatus;
import org.msgr2.session.rpc.ItemSource;
import org.msgr2.session.rpc.ResponseStream;
import org.msgr2.session.rpc.ServiceClient;
import org.msgr2.session.rpc.StreamCall;

/** A call with items in both directions: the callee sends back what it gets. Either end may take its time. */
final class SimTalk extends SimLedger {
    private static final int PADDING_MAX = 61;
    private static final long READS_LATER_MAX_NS = 300 * SimTime.MS;

    private final SimRandom random;
    private final int items;
    private final boolean lazy;
    private final int callerWindow;
    private final int calleeWindow;
    private @Nullable StreamCall<String, String> call;
    private int said;
    private int heard;
    private boolean allSaid;

    /**
     * @param items how many
     * @param lazy whether ends take their time
     * @param callerWindow items that may be under way to the caller
     * @param calleeWindow and to the callee
     */
    SimTalk(
            Simulation world,
            int id,
            SimNode caller,
            int callee,
            SimRandom random,
            int items,
            boolean lazy,
            int callerWindow,
            int calleeWindow) {
        super(world, id, caller, callee, 0);
        this.random = random;
        this.items = items;
        this.lazy = lazy;
        this.callerWindow = callerWindow;
        this.calleeWindow = calleeWindow;
    }

    private String item(int number) {
        return number + ":" + "x".repeat((number * 37 + id) % PADDING_MAX);
    }

    void begin(ServiceClient client) {
        StreamCall<String, String> opened =
                client.open(SimCalls.TALK, null, options().withWindow(callerWindow));
        call = opened;
        opened.requests().onReady(() -> say(opened));
        opened.responses().onItems(() -> sometime(caller, () -> hear(opened)));
    }

    void close() {
        if (call != null && isAlive()) {
            cancelling();
            call.close();
        }
    }

    private void sometime(SimNode node, Runnable what) {
        if (lazy && random.oneIn(3)) {
            node.later(random.between(0, READS_LATER_MAX_NS), what);
        } else {
            what.run();
        }
    }

    private void say(StreamCall<String, String> to) {
        try {
            while (said < items && to.requests().isOpen()) {
                if (!to.requests().offer(item(said))) {
                    return;
                }
                said++;
            }
            if (said == items && !allSaid) {
                allSaid = true;
                to.endRequests();
            }
        } catch (CallException e) {
            return; // it has ended
        }
    }

    private void hear(StreamCall<String, String> from) {
        for (String item = from.responses().poll();
                item != null;
                item = from.responses().poll()) {
            if (isCancelling()) {
                continue; // it may have been on its way
            }
            if (!item.equals(item(heard)) || heard >= said) {
                violated("hears '" + item + "' in the place of item " + heard + " of " + said);
            }
            heard++;
        }
        boolean done = from.responses().isExhausted() && status() == CallStatus.OK;
        if (done && !isCancelling() && heard != items) {
            violated("ends well with " + heard + " of " + items + " items");
        }
    }

    /** At the callee. */
    void handle(SimNode by, CallContext context, ItemSource<String> from, ResponseStream<String> to) {
        Echo echo = new Echo(handled(by, context), from, to);
        from.onItems(() -> sometime(by, echo::pump));
        to.onReady(echo::pump);
    }

    private final class Echo {
        private final Handling handling;
        private final ItemSource<String> from;
        private final ResponseStream<String> to;
        private @Nullable String held;
        private int taken;
        private int sent;

        Echo(Handling handling, ItemSource<String> from, ResponseStream<String> to) {
            this.handling = handling;
            this.from = from;
            this.to = to;
        }

        void pump() {
            try {
                while (!handling.over && (held != null || take())) {
                    if (!to.offer(String.valueOf(held))) {
                        return;
                    }
                    held = null;
                    sent++;
                    check("to its caller", sent - heard, callerWindow);
                }
            } catch (CallException e) {
                handling.over = true;
            }
        }

        private boolean take() {
            check("to its callee", said - taken, calleeWindow);
            String item = from.poll();
            if (item == null) {
                if (from.isExhausted()) {
                    handling.over = !handling.context.isCancelled();
                    to.end();
                }
                return false;
            }
            if (!item.equals(item(taken))) {
                violated("brings '" + item + "' in the place of item " + taken);
            }
            taken++;
            held = item;
            return true;
        }

        /** What is under way is never more than whoever reads it has asked for. */
        private void check(String where, int underWay, int window) {
            if (handlings.size() == 1 && !hasEnded() && isAlive() && underWay > window) {
                violated("has " + underWay + " items under way " + where + ", where " + window + " were asked for");
            }
        }
    }

    @Override
    @Nullable String unfinished() {
        StreamCall<String, String> opened = call;
        if (isAlive() && status() == CallStatus.OK && !isCancelling() && heard != items) {
            return this + " has ended well, and " + (items - heard) + " items are missing";
        }
        if (isAlive() && opened != null && hasEnded() && !opened.responses().isExhausted()) {
            return this + " has ended, and items wait for nobody";
        }
        return super.unfinished();
    }
}
