package org.msgr2.confd.luxi.query;

import org.jspecify.annotations.Nullable;

/** What has tags. A group is "group" to the seed and "nodegroup" to 3.0.2; both are taken. */
enum TagKind {
    CLUSTER("cluster"),
    NODE("node"),
    GROUP("group", "nodegroup"),
    INSTANCE("instance"),
    NETWORK("network");

    private final String wireName;
    private final String otherName;

    TagKind(String wireName) {
        this(wireName, wireName);
    }

    TagKind(String wireName, String otherName) {
        this.wireName = wireName;
        this.otherName = otherName;
    }

    static @Nullable TagKind fromWire(String name) {
        for (TagKind kind : values()) {
            if (kind.wireName.equals(name) || kind.otherName.equals(name)) {
                return kind;
            }
        }
        return null;
    }
}
