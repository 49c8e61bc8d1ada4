package org.msgr2.session.mon;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.wire.Opaque;
import org.msgr2.session.SessionEvent;

/** The commands that have no answer yet: those that wait for a session, and those that were sent. Bounded. Not thread-safe. */
final class CommandTable {
    private static final long UNSENT = 0;

    private final int max;
    private final long bytesMax;

    /** In the order in which they were given, by tid. */
    private final Map<Long, Pending> pending = new LinkedHashMap<>();

    private long lastTid;
    private long bytes;

    CommandTable(int max, long bytesMax) {
        this.max = max;
        this.bytesMax = bytesMax;
    }

    /** A command without an answer. */
    static final class Pending {
        final long tid;
        final List<String> words;
        final Opaque input;
        final CompletableFuture<MonCommandResult> result;
        private final long bytes;
        private final long deadlineNs;

        /** Its place among the session's messages. */
        private long number = UNSENT;

        private Pending(
                long tid,
                List<String> words,
                Opaque input,
                long bytes,
                long deadlineNs,
                CompletableFuture<MonCommandResult> result) {
            this.tid = tid;
            this.words = words;
            this.input = input;
            this.bytes = bytes;
            this.deadlineNs = deadlineNs;
            this.result = result;
        }

        boolean wasSent() {
            return number != UNSENT;
        }

        /** @param number see {@link org.msgr2.session.SendResult#number} */
        void sent(long number) {
            this.number = number;
        }
    }

    /** @return false if there are too many already */
    boolean add(List<String> words, Opaque input, long deadlineNs, CompletableFuture<MonCommandResult> result) {
        long size = input.length();
        for (String word : words) {
            size += word.length();
        }
        if (pending.size() >= max || bytes + size > bytesMax) {
            return false;
        }
        bytes += size;
        Pending command = new Pending(++lastTid, List.copyOf(words), input, size, deadlineNs, result);
        pending.put(command.tid, command);
        return true;
    }

    /** Whether an answer with that tid is to one of ours, though perhaps to one that nobody waits for any more. */
    boolean isOurs(long tid) {
        return tid > 0 && tid <= lastTid;
    }

    /** The command that is answered; null if nobody waits for it any more. */
    @Nullable Pending answered(long tid) {
        Pending command = pending.get(tid);
        if (command == null || !command.wasSent()) {
            return null;
        }
        remove(command);
        return command;
    }

    void remove(Pending command) {
        if (pending.remove(command.tid) != null) {
            bytes -= command.bytes;
        }
    }

    /** The first that waits for a session. */
    @Nullable Pending nextUnsent() {
        for (Pending command : pending.values()) {
            if (!command.wasSent()) {
                return command;
            }
        }
        return null;
    }

    /** Those that wait too long; they are gone from here. */
    List<Pending> expire(long nowNs) {
        return removeIf(command -> nowNs - command.deadlineNs >= 0);
    }

    /** Those that were sent on the session that has just ended; they are gone from here. */
    List<Pending> endSession() {
        return removeIf(Pending::wasSent);
    }

    /** All of them; none are left. */
    List<Pending> clear() {
        return removeIf(command -> true);
    }

    /**
     * Messages of the session will not be sent: the commands among them wait for the next session. Where the event does not
     * say for certain, they count as sent.
     */
    void discarded(SessionEvent.Discarded event) {
        boolean all = event.lastNumber() - event.firstNumber() + 1 == event.messages();
        for (Pending command : pending.values()) {
            boolean end = command.number == event.firstNumber() || command.number == event.lastNumber();
            boolean within = command.number > event.firstNumber() && command.number < event.lastNumber();
            if (command.wasSent() && (end || (all && within))) {
                command.number = UNSENT;
            }
        }
    }

    private List<Pending> removeIf(Predicate<Pending> condition) {
        List<Pending> removed = new ArrayList<>();
        Iterator<Pending> all = pending.values().iterator();
        while (all.hasNext()) {
            Pending command = all.next();
            if (condition.test(command)) {
                all.remove();
                bytes -= command.bytes;
                removed.add(command);
            }
        }
        return removed;
    }

    int size() {
        return pending.size();
    }

    /** How long until the first gives up, or {@code atMost}. */
    Duration idle(long nowNs, Duration atMost) {
        long waitNs = atMost.toNanos();
        for (Pending command : pending.values()) {
            waitNs = Math.min(waitNs, Math.max(0, command.deadlineNs - nowNs));
        }
        return Duration.ofNanos(waitNs);
    }
}
