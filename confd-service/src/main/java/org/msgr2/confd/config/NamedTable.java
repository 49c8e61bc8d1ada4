package org.msgr2.confd.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one container, found by key, name or abbreviation. Immutable and thread-safe.
 *
 * @param <T> the kind of object
 */
public final class NamedTable<T extends ConfigObject> {
    private final List<T> inKeyOrder;

    private final Map<String, T> byKey;
    /** Sorted: an abbreviation and its names are neighbours, so no index of prefixes is needed. */
    private final String[] names;

    private final List<T> inNameOrder;

    /**
     * @param objects of two with one key the first counts
     */
    NamedTable(List<T> objects) {
        List<T> all = new ArrayList<>(objects);
        all.sort(Comparator.comparing(ConfigObject::key)); // which leaves equal ones in their order
        inKeyOrder = withoutRepeated(all);
        byKey = byKey(inKeyOrder);
        all.removeIf(object -> object.name() == null);
        all.sort(Comparator.comparing(NamedTable::nameOf));
        inNameOrder = List.copyOf(all);
        names = inNameOrder.stream().map(NamedTable::nameOf).toArray(String[]::new);
    }

    private static <T extends ConfigObject> List<T> withoutRepeated(List<T> sorted) {
        for (int at = sorted.size() - 1; at > 0; at--) {
            if (sorted.get(at).key().equals(sorted.get(at - 1).key())) {
                sorted.remove(at);
            }
        }
        return List.copyOf(sorted);
    }

    /** One flat table, where a hash map has an object per entry: large clusters are loaded while queries are answered. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static <T extends ConfigObject> Map<String, T> byKey(List<T> objects) {
        Map.Entry<String, T>[] entries = new Map.Entry[objects.size()];
        Arrays.setAll(entries, at -> Map.entry(objects.get(at).key(), objects.get(at)));
        return Map.ofEntries(entries);
    }

    private static String nameOf(ConfigObject object) {
        String name = object.name();
        return name == null ? "" : name;
    }

    /** All objects, in the order of their keys: of code units, which is Ganeti's byte order for its keys. */
    public List<T> inKeyOrder() {
        return inKeyOrder;
    }

    /** All objects that have a name, in the order of names. */
    public List<T> inNameOrder() {
        return inNameOrder;
    }

    public int size() {
        return inKeyOrder.size();
    }

    /** All objects by their container keys. */
    Map<String, T> byKey() {
        return byKey;
    }

    /** The object with that container key, or null. */
    public @Nullable T byKey(String key) {
        return byKey.get(key);
    }

    /** The object with exactly that name, or null. */
    public @Nullable T byName(String name) {
        int at = firstFrom(name);
        return at < names.length && names[at].equals(name) ? inNameOrder.get(at) : null;
    }

    /**
     * What a user may call it by: its key, its whole name, or the first labels of its name if no other name begins with
     * them. Case matters (spec/confd §3).
     */
    public Lookup<T> find(String query) {
        T exact = byKey.get(query);
        if (exact == null) {
            exact = byName(query);
        }
        return exact != null ? new Lookup.Found<>(exact) : abbreviated(query + ".");
    }

    private Lookup<T> abbreviated(String prefix) {
        int at = firstFrom(prefix);
        if (at == names.length || !names[at].startsWith(prefix)) {
            return new Lookup.Unknown<>();
        }
        if (at + 1 < names.length && names[at + 1].startsWith(prefix)) {
            return new Lookup.Ambiguous<>();
        }
        return new Lookup.Found<>(inNameOrder.get(at));
    }

    /** The position of the first name that is not less. */
    private int firstFrom(String name) {
        int low = 0;
        int high = names.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (names[middle].compareTo(name) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    @Override
    public String toString() {
        return "NamedTable[" + size() + "]";
    }
}
