package org.msgr2.confd.client;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.wire.Reply;

/**
 * Passes on of each request the first reply, and later ones only if they are newer and say something else (spec/confd §6).
 * Not thread-safe.
 *
 * @param <P> how peers are told apart
 */
public final class ReplyFilter<P> implements Consumer<Upcall<P>> {
    private final Consumer<Upcall<P>> next;
    private final Map<String, Reply> newest = new HashMap<>();
    private final Set<String> inconsistent = new HashSet<>();

    public ReplyFilter(Consumer<Upcall<P>> next) {
        this.next = next;
    }

    @Override
    public void accept(Upcall<P> upcall) {
        if (upcall instanceof Upcall.Replied<P> replied) {
            if (isNews(replied.salt(), replied.reply())) {
                next.accept(upcall);
            }
        } else {
            next.accept(upcall);
            newest.remove(upcall.salt());
            inconsistent.remove(upcall.salt());
        }
    }

    private boolean isNews(String salt, Reply reply) {
        Reply known = newest.get(salt);
        if (known == null) {
            newest.put(salt, reply);
            return true;
        }
        boolean same = known.answer().equals(reply.answer());
        if (reply.serial() > known.serial()) {
            newest.put(salt, reply);
            return !same;
        }
        if (reply.serial() == known.serial() && !same) {
            inconsistent.add(salt);
        }
        return false;
    }

    /** Whether no two replies to a request have one serial and two answers. */
    public boolean consistent(String salt) {
        return !inconsistent.contains(salt);
    }

    /** The reply with the highest serial so far; null if there is none, or the request has expired. */
    public @Nullable Reply newest(String salt) {
        return newest.get(salt);
    }
}
