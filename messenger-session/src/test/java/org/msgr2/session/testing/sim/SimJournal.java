package org.msgr2.session.testing.sim;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.wire.Opaque;
import org.msgr2.session.rpc.CallContext;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.Push;
import org.msgr2.session.rpc.ResponseStream;

/** What a node publishes: numbered items, of which the last ones are kept, also when the process dies. */
final class SimJournal {
    private static final int KEPT = 40;

    private final Simulation world;
    private final SimNode node;
    private final List<Publication> publications = new ArrayList<>();
    private int published;

    SimJournal(Simulation world, SimNode node) {
        this.world = world;
        this.node = node;
    }

    int published() {
        return published;
    }

    void publish(int count) {
        published += count;
        publications.removeIf(Publication::isOver);
        List.copyOf(publications).forEach(Publication::pump);
    }

    /** A subscription begins or goes on, in the process that lives. */
    void begin(CallContext context, Opaque token, ResponseStream<Push<String>> items) {
        int next = number(token);
        if (next > published) {
            world.violated("node " + node.number() + " is asked to go on behind " + next + " of " + published);
        }
        Publication publication = new Publication(node.incarnation(), next, items, context);
        publications.add(publication);
        items.onReady(publication::pump);
    }

    /** Of the item behind the last that was heard. */
    static int number(Opaque token) {
        return token.isEmpty() ? 0 : Integer.parseInt(new String(token.toByteArray(), StandardCharsets.US_ASCII));
    }

    static Opaque token(int number) {
        return Opaque.copyOf(Integer.toString(number).getBytes(StandardCharsets.US_ASCII));
    }

    /** What is not over though nobody listens; null if nothing. */
    @Nullable String unfinished(int listeners) {
        publications.removeIf(Publication::isOver);
        return publications.size() > listeners
                ? node + " publishes to " + publications.size() + ", of whom " + listeners + " listen"
                : null;
    }

    private final class Publication {
        private final int incarnation;
        private final ResponseStream<Push<String>> items;
        private final CallContext context;
        private int next;

        Publication(int incarnation, int next, ResponseStream<Push<String>> items, CallContext context) {
            this.incarnation = incarnation;
            this.next = next;
            this.items = items;
            this.context = context;
        }

        boolean isOver() {
            return incarnation != node.incarnation() || context.isCancelled();
        }

        void pump() {
            if (incarnation != node.incarnation() || !node.isAlive()) {
                return;
            }
            try {
                while (items.isOpen() && next < published) {
                    int oldest = Math.max(0, published - KEPT);
                    int number = Math.max(next, oldest);
                    Push<String> push = number == next
                            ? Push.of(Integer.toString(number), token(number + 1))
                            : Push.anew(Integer.toString(number), token(number + 1));
                    if (!items.offer(push)) {
                        return;
                    }
                    next = number + 1;
                }
            } catch (CallException e) {
                return; // it has ended
            }
        }
    }
}
