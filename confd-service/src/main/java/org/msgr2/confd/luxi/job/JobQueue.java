package org.msgr2.confd.luxi.job;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where jobs come from. May be called from several threads. */
public interface JobQueue {
    /** A queue without jobs, for nodes that have none. */
    JobQueue EMPTY = new JobQueue() {
        @Override
        public List<Long> ids(boolean archived) {
            return List.of();
        }

        @Override
        public @Nullable JobText find(long id) {
            return null;
        }
    };

    /**
     * The jobs, in no order. A queue that cannot be listed has none.
     *
     * @param archived whether to list those too that are archived
     */
    List<Long> ids(boolean archived);

    /** The text of a job, archived or not; null if there is none, or none that can be read. */
    @Nullable JobText find(long id);
}
