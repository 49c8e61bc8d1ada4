package org.msgr2.confd.luxi.field;

import static org.msgr2.confd.luxi.field.FieldKind.NUMBER;
import static org.msgr2.confd.luxi.field.FieldKind.OTHER;
import static org.msgr2.confd.luxi.field.FieldKind.TEXT;
import static org.msgr2.confd.luxi.field.FieldKind.TIMESTAMP;

import org.msgr2.confd.luxi.view.Item;

/** What every object of the configuration has. */
final class ObjectFields {
    private ObjectFields() {}

    /** Adds them; {@code what} is such as "Node". */
    static <T extends Item> void addTo(FieldTable.Builder<T> table, String what) {
        table.add("name", what, TEXT, "Name", item -> Cell.of(item.name()))
                .add("uuid", "UUID", TEXT, "UUID", item -> Cell.of(item.get("uuid")))
                .add("serial_no", "SerialNo", NUMBER, "Grows with every change", item -> Cell.of(item.get("serial_no")))
                .add("ctime", "CTime", TIMESTAMP, "Time of creation", item -> Cell.of(item.get("ctime")))
                .add("mtime", "MTime", TIMESTAMP, "Time of the last change", item -> Cell.of(item.get("mtime")))
                .add("tags", "Tags", OTHER, "Tags", item -> Cell.ofTexts(item.tags()));
    }
}
