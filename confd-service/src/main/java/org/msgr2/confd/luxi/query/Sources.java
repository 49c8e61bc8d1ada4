package org.msgr2.confd.luxi.query;

import org.msgr2.confd.luxi.fault.RefusedCallException;

/** Where the objects of each kind are. */
final class Sources {
    private Sources() {}

    /** Refuses what is not served. */
    static Source<?> of(Subject subject, QueryContext context) throws RefusedCallException {
        return switch (subject) {
            case NODE -> ConfigSource.nodes(context.cluster());
            case GROUP -> ConfigSource.groups(context.cluster());
            case NETWORK -> ConfigSource.networks(context.cluster());
            case JOB -> new JobSource(context.jobs());
            case INSTANCE, LOCK, EXPORT, FILTER, CLUSTER, OS ->
                throw RefusedCallException.generic("Query '" + subject.wireName() + "' not supported");
        };
    }
}
