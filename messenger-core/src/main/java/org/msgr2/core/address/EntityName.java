package org.msgr2.core.address;

import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/**
 * The name of an entity: {@code client.admin}, {@code osd.0}, {@code mon.a}. Only {@code mon.}, the name that all monitors
 * share a key under, has no id.
 *
 * <p>Two encodings exist. Authentication writes {@code u32 type, string id}; messages write {@code u8 type, s64 number}
 * for entities whose id is a number (spec/msgr2 §1.4).
 */
public record EntityName(EntityType type, String id) {
    private static final int ID_BYTES_MAX = 256;

    public EntityName {
        if (id.isEmpty() && type != EntityType.MON) {
            throw new IllegalArgumentException("an entity name needs an id after '" + type + ".'");
        }
    }

    /** @param number the id as a number: a rank, an OSD id, a global_id; -1 while it is not known */
    public static EntityName of(EntityType type, long number) {
        return new EntityName(type, Long.toString(number));
    }

    /**
     * Parses {@code TYPE.ID}.
     *
     * @throws IllegalArgumentException with a message for a user
     */
    public static EntityName parse(String text) {
        int dot = text.indexOf('.');
        EntityType type = dot > 0 ? EntityType.ofLabel(text.substring(0, dot)) : null;
        if (type == null || (dot == text.length() - 1 && type != EntityType.MON)) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no entity name: expected TYPE.ID such as client.admin");
        }
        return new EntityName(type, text.substring(dot + 1));
    }

    /** The form that authentication uses: {@code u32 type, string id}. */
    public static EntityName read(WireReader in, String field) throws WireException {
        EntityType type = EntityType.fromWire(in.u32(field), field);
        String id = in.string(field, ID_BYTES_MAX);
        if (id.isEmpty() && type != EntityType.MON) {
            throw new WireException(field + ": empty id");
        }
        return new EntityName(type, id);
    }

    public void write(WireWriter out) {
        out.u32(type.code()).string(id);
    }

    /** The form that messages use: {@code u8 type, s64 number}. */
    public static EntityName readNumbered(WireReader in, String field) throws WireException {
        return of(EntityType.fromWire(in.u8(field), field), in.u64(field));
    }

    /** @throws NumberFormatException if the id is not a number */
    public void writeNumbered(WireWriter out) {
        out.u8(type.code()).u64(Long.parseLong(id));
    }

    @Override
    public String toString() {
        return type + "." + id;
    }
}
