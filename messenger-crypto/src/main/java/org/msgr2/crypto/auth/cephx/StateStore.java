package org.msgr2.crypto.auth.cephx;

import java.io.IOException;
import java.util.Optional;

/** Where an {@link AuthorityState} survives a restart. May block; called by one thread at a time. */
public interface StateStore {

    /**
     * What was saved last; empty if nothing ever was.
     *
     * @throws IOException if it cannot be read. That is not the same as empty: starting over would invalidate every ticket
     *     and give global_ids out twice
     */
    Optional<AuthorityState> load() throws IOException;

    /** Returns when the state is durable. */
    void save(AuthorityState state) throws IOException;
}
