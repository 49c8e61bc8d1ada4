package org.msgr2.crypto.key;

import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.msgr2.core.address.EntityName;

/**
 * Keys and capabilities of entities, as {@code ceph-authtool} keeps them in a file.
 *
 * <pre>
 * [client.admin]
 *     key = BASE64
 *     caps mon = "allow *"
 * </pre>
 *
 * <p>Entities are in Ceph's order: by the code of their type, then by id; capabilities by name. Immutable except for
 * {@link #destroy}; thread-safe. What reads and writes files is {@link KeyringFile}.
 */
public final class Keyring {
    public static final Keyring EMPTY = new Keyring(new TreeMap<>(order()));

    private final SortedMap<EntityName, Entry> entries;

    /**
     * One entity.
     *
     * @param caps what the entity may do, by the name of the service; values are kept without surrounding white space, as
     *     Ceph reads them
     */
    public record Entry(CryptoKey key, SortedMap<String, String> caps) {
        private static final Pattern SERVICE = Pattern.compile("[A-Za-z0-9-]+");

        public Entry {
            caps = Collections.unmodifiableSortedMap(checkedCaps(caps));
        }

        static SortedMap<String, String> checkedCaps(Map<String, String> caps) {
            SortedMap<String, String> checked = new TreeMap<>();
            caps.forEach((service, value) -> checked.put(capsName(service), capsValue(value)));
            return checked;
        }

        private static String capsName(String service) {
            if (!SERVICE.matcher(service).matches()) {
                throw new IllegalArgumentException("caps need the name of one service: letters, digits and '-'");
            }
            return service;
        }

        private static String capsValue(String value) {
            if (value.chars().anyMatch(c -> Character.isISOControl(c) && c != '\t')) {
                throw new IllegalArgumentException("caps must not contain line breaks or control characters");
            }
            return value.strip();
        }
    }

    private Keyring(SortedMap<EntityName, Entry> entries) {
        this.entries = Collections.unmodifiableSortedMap(entries);
    }

    private static Comparator<EntityName> order() {
        return Comparator.comparing((EntityName name) -> name.type().code()).thenComparing(EntityName::id);
    }

    /**
     * Parses a keyring as {@code ceph-authtool} does, but for what {@link KeyringParser} says.
     *
     * @param file for messages
     */
    public static Keyring parse(String text, String file) throws KeyringException {
        return new KeyringParser(text, file).parse();
    }

    public SortedMap<EntityName, Entry> entries() {
        return entries;
    }

    public Optional<Entry> find(EntityName entity) {
        return Optional.ofNullable(entries.get(entity));
    }

    /**
     * This keyring with an entity more, or with that entity replaced.
     *
     * @throws IllegalArgumentException for a name or capabilities that a keyring cannot hold
     */
    public Keyring with(EntityName entity, CryptoKey key, Map<String, String> caps) {
        if (entity.id().chars().anyMatch(c -> Character.isISOControl(c) || c == ']' || c == '#' || c == ';')) {
            throw new IllegalArgumentException("a keyring cannot hold the name " + entity);
        }
        SortedMap<EntityName, Entry> more = new TreeMap<>(entries);
        more.put(entity, new Entry(key, new TreeMap<>(caps)));
        return new Keyring(more);
    }

    /** This keyring without that entity. */
    public Keyring without(EntityName entity) {
        SortedMap<EntityName, Entry> fewer = new TreeMap<>(entries);
        fewer.remove(entity);
        return new Keyring(fewer);
    }

    /**
     * The text of the file, byte for byte what {@code ceph-authtool} writes; except that it escapes {@code \}, {@code #} and
     * {@code ;} in capabilities too, which that program forgets, and then cannot read (observed on 16.2.15).
     */
    public String toText() {
        StringBuilder text = new StringBuilder();
        entries.forEach((entity, entry) -> {
            text.append('[').append(entity).append("]\n");
            text.append("\tkey = ").append(entry.key().toBase64()).append('\n');
            entry.caps().forEach((service, value) -> {
                text.append("\tcaps ").append(service).append(" = \"");
                value.chars().forEach(c -> {
                    if (c == '"' || c == '\\' || c == '#' || c == ';') {
                        text.append('\\');
                    }
                    text.append((char) c);
                });
                text.append("\"\n");
            });
        });
        return text.toString();
    }

    /** Destroys every key. */
    public void destroy() {
        entries.values().forEach(entry -> entry.key().destroy());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Keyring that && entries.equals(that.entries);
    }

    @Override
    public int hashCode() {
        return entries.hashCode();
    }

    /** The names only. */
    @Override
    public String toString() {
        return "keyring of " + entries.keySet();
    }
}
