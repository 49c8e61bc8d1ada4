package org.msgr2.core.address;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.wire.WireException;

/** The role of a node in a cluster. */
public enum EntityType {
    MON(0x01),
    MDS(0x02),
    OSD(0x04),
    CLIENT(0x08),
    MGR(0x10),
    /** Only as the service id of the ticket-granting ticket; no node has this type. */
    AUTH(0x20),
    /** A wildcard in configuration. */
    ANY(0xff);

    private final int code;
    private final String label = name().toLowerCase(Locale.ROOT);

    EntityType(int code) {
        this.code = code;
    }

    /** The value on the wire; the single-bit ones can be combined to a mask of services. */
    public int code() {
        return code;
    }

    /** Whether a node can be of this type: the others are no node's. */
    public boolean isNode() {
        return this != AUTH && this != ANY;
    }

    /** The type with that code; an unknown one is refused, since no policy could apply to it. */
    public static EntityType fromWire(long code, String field) throws WireException {
        for (EntityType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        throw new WireException(field + ": unknown entity type 0x" + Long.toHexString(code));
    }

    /** The type with that label, as in {@code client.admin}; null when there is none. */
    public static @Nullable EntityType ofLabel(String label) {
        for (EntityType type : values()) {
            if (type.label.equals(label)) {
                return type;
            }
        }
        return null;
    }

    /** As Ceph prints it: {@code mon}, {@code client}. */
    @Override
    public String toString() {
        return label;
    }
}
