package org.msgr2.confd.client;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the last thing that happened to each request, up to a number of requests (spec/confd §6). Not thread-safe.
 *
 * @param <P> how peers are told apart
 */
public final class ReplyStore<P> implements Consumer<Upcall<P>> {
    private static final int REQUESTS_MAX = 10_000;

    private final Map<String, Upcall<P>> last = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Upcall<P>> eldest) {
            return size() > REQUESTS_MAX;
        }
    };

    @Override
    public void accept(Upcall<P> upcall) {
        // An expiry says nothing that a reply would not say better.
        if (upcall instanceof Upcall.Replied || !last.containsKey(upcall.salt())) {
            last.put(upcall.salt(), upcall);
        }
    }

    /** The last reply, or the expiry of a request without one; null if neither has come. */
    public @Nullable Upcall<P> last(String salt) {
        return last.get(salt);
    }
}
