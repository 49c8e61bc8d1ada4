package org.msgr2.confd.client;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.wire.Reply;
import org.msgr2.confd.wire.Status;

/**
 * Collects the replies to one request until enough peers have replied, and takes the newest. Not thread-safe.
 *
 * @param <P> how peers are told apart
 */
public final class QuorumRead<P> implements Consumer<Upcall<P>> {
    private final int asked;
    private final Consumer<QuorumResult> done;
    private final Set<P> repliers = new HashSet<>();
    private @Nullable Reply newest;
    private boolean consistent = true;
    private boolean ended;

    /**
     * @param peers of the client
     * @param coverage as the request is asked with
     * @param done called once
     */
    public QuorumRead(int peers, int coverage, Consumer<QuorumResult> done) {
        this.asked = Coverage.of(coverage, peers);
        this.done = done;
    }

    @Override
    public void accept(Upcall<P> upcall) {
        if (ended) {
            return;
        }
        if (upcall instanceof Upcall.Replied<P> replied) {
            // A peer that repeats itself is one peer.
            if (repliers.add(replied.peer())) {
                consider(replied.reply());
            }
            if (repliers.size() >= Coverage.needed(asked)) {
                end(false);
            }
        } else {
            end(true);
        }
    }

    private void consider(Reply reply) {
        if (newest == null || reply.serial() > newest.serial()) {
            newest = reply;
            consistent = true;
        } else if (reply.serial() == newest.serial() && !saysTheSame(reply, newest)) {
            consistent = false;
            // One that cannot read its configuration knows less than one that can.
            if (newest.status() == Status.ERROR && reply.status() == Status.OK) {
                newest = reply;
            }
        }
    }

    private static boolean saysTheSame(Reply one, Reply other) {
        return one.status() == other.status() && one.answer().equals(other.answer());
    }

    private void end(boolean timedOut) {
        ended = true;
        done.accept(new QuorumResult(newest, asked, repliers.size(), timedOut, consistent));
    }
}
