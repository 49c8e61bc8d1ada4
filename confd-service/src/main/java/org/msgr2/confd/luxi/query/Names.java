package org.msgr2.confd.luxi.query;

import org.msgr2.confd.config.ConfigObject;
import org.msgr2.confd.config.Lookup;
import org.msgr2.confd.config.NamedTable;
import org.msgr2.confd.luxi.fault.RefusedCallException;

/** Names that have to exist. */
final class Names {
    private Names() {}

    /** The object with that key, name or abbreviation (spec/confd §3); {@code kind} is for the error text. */
    static <O extends ConfigObject> O find(String kind, NamedTable<O> table, String name) throws RefusedCallException {
        Lookup<O> lookup = table.find(name);
        if (lookup instanceof Lookup.Found<O> found) {
            return found.object();
        }
        throw RefusedCallException.unknownEntity(
                kind + " name " + name + (lookup instanceof Lookup.Ambiguous ? " has multiple matches" : " not found"));
    }
}
