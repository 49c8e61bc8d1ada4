package org.msgr2.confd.engine;

import org.msgr2.confd.config.Node;

/** A node's role; the first that applies, in the order of {@link #of} (spec/confd §2, type 1). */
public enum NodeRole {
    MASTER(0),
    CANDIDATE(1),
    OFFLINE(2),
    DRAINED(3),
    REGULAR(4);

    private final int code;

    NodeRole(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    static NodeRole of(Node node, boolean master) {
        if (master) {
            return MASTER;
        } else if (node.drained()) {
            return DRAINED;
        } else if (node.offline()) {
            return OFFLINE;
        }
        return node.masterCandidate() ? CANDIDATE : REGULAR;
    }
}
