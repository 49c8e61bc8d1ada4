package org.msgr2.session.testing.sim;

import org.jspecify.annotations.Nullable;
import org.msgr2.core.wire.Opaque;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallOptions;
import org.msgr2.session.rpc.Push;
import org.msgr2.session.rpc.ServiceClient;
import org.msgr2.session.rpc.Subscription;

/** A subscription to what a node publishes, for as long as its process lives. */
final class SimWatch implements Subscription.Listener<String> {
    private final Simulation world;
    private final SimNode subscriber;
    private final int incarnation;
    private final SimJournal journal;
    private @Nullable Subscription subscription;
    private int next;
    private boolean begun;
    private boolean closed;

    /** @param next what has to come first, or later ones anew; what a process before this one has heard is heard */
    SimWatch(Simulation world, SimNode subscriber, SimJournal journal, int next) {
        this.world = world;
        this.subscriber = subscriber;
        this.incarnation = subscriber.incarnation();
        this.journal = journal;
        this.next = next;
    }

    void begin(ServiceClient client) {
        Opaque token = next == 0 ? Opaque.EMPTY : SimJournal.token(next);
        subscription = client.subscribe(SimCalls.WATCH, "", token, CallOptions.DEFAULT, this);
    }

    SimNode subscriber() {
        return subscriber;
    }

    SimJournal journal() {
        return journal;
    }

    int next() {
        return next;
    }

    boolean isAlive() {
        return subscriber.isAlive() && subscriber.incarnation() == incarnation;
    }

    int resumptions() {
        return subscription == null ? 0 : subscription.resumptions();
    }

    @Override
    public void onPush(Push<String> push) {
        int number = Integer.parseInt(push.item());
        world.trace().add(subscriber.number(), () -> "hears " + number + (push.anew() ? " anew" : ""));
        world.delivered(number);
        if (closed) {
            world.violated(this + " hears " + number + " behind its end");
        } else if (push.anew() ? number <= next : number != next) {
            world.violated(this + " hears " + number + " in the place of " + next + (push.anew() ? ", anew" : ""));
        } else if (SimJournal.number(push.token()) != number + 1) {
            world.violated(this + " hears " + number + " with the token of another");
        }
        begun = true;
        next = number + 1;
        if (push.anew()) {
            world.calls().count("RESYNC");
        }
    }

    @Override
    public void onEnd(@Nullable CallException why) {
        if (!closed) {
            world.violated(this + " ends, and nobody has closed it: " + why);
        }
    }

    void close() {
        closed = true;
        if (subscription != null) {
            subscription.close();
        }
    }

    /** What it has not heard; null if it has heard all. */
    @Nullable String unfinished() {
        return next == journal.published()
                ? null
                : this + " has heard " + next + " of " + journal.published()
                        + (begun ? "" : ", nothing of them itself");
    }

    @Override
    public String toString() {
        return "the subscription of " + subscriber + " (process " + incarnation + ")";
    }
}
