package org.msgr2.confd.luxi.query;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.luxi.fault.RefusedCallException;
import org.msgr2.confd.luxi.field.FieldTable;

/** The objects of one kind, and how they are named. */
interface Source<T> {
    FieldTable<T> fields();

    /** The field that a list of names is about. */
    String namingField();

    /**
     * All objects, in the order of answers.
     *
     * @param fields those that are asked for: some objects are there only for who asks about them
     */
    List<T> all(List<String> fields);

    /**
     * The objects that are called so, in that order. Numbers are no names of theirs; null means that nothing is left, and that
     * the filter has to decide about all.
     *
     * @throws RefusedCallException if one does not exist
     */
    @Nullable List<T> named(List<JsonNode> names) throws RefusedCallException;
}
