package org.msgr2.session.testing.sim;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.msgr2.session.rpc.CallContext;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallOptions;
import org.msgr2.session.rpc.CallStatus;

/** What is known of one call: at its caller, and at whoever has handled it. Told what happens, it tells what must not. */
abstract class SimLedger {
    /** Nothing that these nodes do to each other is a reason for these. */
    private static final Set<CallStatus> NEVER = EnumSet.of(
            CallStatus.UNKNOWN_SERVICE,
            CallStatus.UNKNOWN_METHOD,
            CallStatus.PERMISSION_DENIED,
            CallStatus.TOO_LARGE,
            CallStatus.INVALID,
            CallStatus.INTERNAL,
            CallStatus.PROTOCOL);

    /** A loop's timers are not finer; and its clock is read before ours. */
    private static final long TIMER_NS = 2 * SimTime.MS;

    /** One run of a handler. */
    static final class Handling {
        final SimNode callee;
        final int incarnation;
        final CallContext context;
        /** The handler has answered, or ended its stream. */
        boolean over;

        private boolean told;

        private Handling(SimNode callee, CallContext context) {
            this.callee = callee;
            this.incarnation = callee.incarnation();
            this.context = context;
            context.onCancel(() -> told = true);
        }

        boolean isAlive() {
            return callee.isAlive() && callee.incarnation() == incarnation;
        }

        boolean isUnderWay() {
            return isAlive() && !over && !context.isCancelled();
        }
    }

    final Simulation world;
    final int id;
    final SimNode caller;
    private final int incarnation;
    private final int callee;
    final List<Handling> handlings = new ArrayList<>();
    private final long beganNs;
    private final long withinNs;
    private final long dueNs;
    private boolean cancelled;
    private @Nullable CallStatus status;
    private boolean neverSent;

    /** @param withinNs the time it may take, on the caller's clock; 0 for any */
    SimLedger(Simulation world, int id, SimNode caller, int callee, long withinNs) {
        this.world = world;
        this.id = id;
        this.caller = caller;
        this.incarnation = caller.incarnation();
        this.callee = callee;
        this.beganNs = world.time().nowNs();
        this.withinNs = withinNs;
        this.dueNs = withinNs == 0
                ? Long.MAX_VALUE / 2
                : caller.clock().trueTime(caller.clock().nanoTime() + withinNs);
    }

    final CallOptions options() {
        return CallOptions.DEFAULT.withMetadata(SimCalls.ID, Integer.toString(id));
    }

    /** Whether the process that has called lives. */
    final boolean isAlive() {
        return caller.isAlive() && caller.incarnation() == incarnation;
    }

    final boolean hasEnded() {
        return status != null;
    }

    final @Nullable CallStatus status() {
        return status;
    }

    /** The caller does not want it any more. */
    final void cancelling() {
        cancelled = true;
    }

    final boolean isCancelling() {
        return cancelled;
    }

    final void violated(String what) {
        world.violated(this + " " + what);
    }

    /** A handler runs. */
    final Handling handled(SimNode by, CallContext context) {
        Handling handling = new Handling(by, context);
        handlings.add(handling);
        world.trace().add(by.number(), () -> "handles " + this);
        if (by.number() != callee) {
            violated("has come to " + by);
        }
        if (status != null && neverSent) {
            violated("is handled, though its caller was told that it never left: " + status);
        }
        if (handlings.size() > 1 && world.isOncePerProcess()) {
            violated("is handled a second time");
        }
        return handling;
    }

    /** The caller is told its end, by the one whom every end is told to. */
    final void ended(@Nullable CallException failure) {
        CallStatus how = failure == null ? CallStatus.OK : failure.status();
        world.trace().add(caller.number(), () -> this + " ends: " + (failure == null ? "OK" : failure.getMessage()));
        if (status != null) {
            violated("ends a second time: " + status + ", then " + how);
            return;
        }
        status = how;
        neverSent = failure != null && failure.neverSent();
        world.calls().ended(how);
        world.delivered(id);
        if (NEVER.contains(how)) {
            violated("ends with " + failure);
        } else if (how == CallStatus.CANCELLED && !cancelled) {
            violated("is cancelled, and nobody has asked for it");
        } else if ((how == CallStatus.OUTCOME_UNKNOWN || how == CallStatus.NOT_SENT) && !world.mayLose()) {
            violated("ends with " + failure + ", though no session may end");
        } else if (how == CallStatus.OK && handlings.isEmpty()) {
            violated("is answered, and nobody has handled it");
        } else if (neverSent && !handlings.isEmpty() && isOurWord(how)) {
            violated("ends with " + failure + " as if it had not happened, and it was handled");
        }
        checkTime(how);
    }

    /** What another process of the callee says of itself says nothing of the one before. */
    private boolean isOurWord(CallStatus how) {
        return how != CallStatus.OVERLOADED || world.isOncePerProcess();
    }

    private void checkTime(CallStatus how) {
        long nowNs = world.time().nowNs();
        long latestNs = Math.max(dueNs, caller.pausedUntilNs()) + 2 * caller.workDelayMostNs() + TIMER_NS;
        if (nowNs > latestNs) {
            violated("ends " + (nowNs - dueNs) / SimTime.MS + " ms behind its deadline");
        }
        // Two clocks, of which one may be slow and the other fast.
        if (how == CallStatus.DEADLINE_EXCEEDED && (withinNs == 0 || nowNs - beganNs < withinNs / 5 * 4)) {
            violated("is told that its time is over " + (nowNs - beganNs) / SimTime.MS + " ms after it began");
        }
    }

    /** What is not as it has to be when everything has come to rest; null if nothing. */
    @Nullable String unfinished() {
        if (isAlive() && status == null) {
            return this + " has not ended";
        }
        for (Handling handling : handlings) {
            if (handling.isUnderWay()) {
                return this + " is handled by " + handling.callee + ", and nobody waits for it";
            }
            if (handling.isAlive() && !handling.over && !handling.told) {
                return this + " is cancelled, and its handler has not been told";
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + " " + id + " of " + caller + " to node " + callee;
    }
}
