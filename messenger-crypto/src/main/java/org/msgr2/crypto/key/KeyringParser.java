package org.msgr2.crypto.key;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityName;

/**
 * Reads the text of a keyring. The grammar was found by asking {@code ceph-authtool} of 16.2.15 what it makes of some
 * hundred texts:
 *
 * <ul>
 *   <li>{@code #} and {@code ;} start a comment that ends with the line; blank lines and indentation mean nothing;
 *   <li>a name's words may be separated by blanks or by {@code _}: {@code caps mon}, {@code caps_mon};
 *   <li>a value is quoted with {@code "} or {@code '}, or ends with the line; a backslash takes the meaning of the character
 *       behind it, and continues an unquoted value on the next line; white space around a value does not count;
 *   <li>a section or an entry that comes again adds to the former, the last value wins;
 *   <li>a line that does not end is refused, since the file may have been cut off; a last comment need not end;
 *   <li>{@code auid} is from the past and ignored; so is a section without entries.
 * </ul>
 *
 * <p>Different on purpose: {@code #} and {@code ;} may stand inside quotes, where {@code ceph-authtool} writes them but does
 * not read them; sections may be indented; an entity without a key, entries outside of a section, the section
 * {@code global}, capabilities for more than one name and bytes behind a key are refused instead of passed over.
 *
 * <p>For one use.
 */
final class KeyringParser {
    private static final char EOF = '\uffff';
    private static final int NAME_CHARS_MAX = 256;

    private final String text;
    private final String file;
    private final Map<EntityName, Section> sections = new LinkedHashMap<>();
    private @Nullable Section section;
    private int at;
    private int line = 1;

    /** What was read of one entity. */
    private static final class Section {
        private final int line;
        private final Map<String, String> caps = new HashMap<>();
        private @Nullable CryptoKey key;

        private Section(int line) {
            this.line = line;
        }
    }

    KeyringParser(String text, String file) {
        this.text = text;
        this.file = file;
    }

    Keyring parse() throws KeyringException {
        while (at < text.length()) {
            skipBlanks();
            char next = peek();
            if (next == '[') {
                section = readSection();
                endLine();
            } else if (next == '#' || next == ';' || isLineEnd(next)) {
                skipComment();
                skipLineEnd();
            } else if (next != EOF) {
                readEntry();
            }
        }
        Keyring keyring = Keyring.EMPTY;
        for (Map.Entry<EntityName, Section> entity : sections.entrySet()) {
            keyring = add(keyring, entity.getKey(), entity.getValue());
        }
        return keyring;
    }

    private Keyring add(Keyring keyring, EntityName name, Section read) throws KeyringException {
        if (read.key != null) {
            try {
                return keyring.with(name, read.key, read.caps);
            } catch (IllegalArgumentException e) {
                throw fault(read.line, e);
            }
        }
        if (read.caps.isEmpty()) {
            return keyring;
        }
        throw new KeyringException(file, read.line, name + " has capabilities but no key");
    }

    private Section readSection() throws KeyringException {
        int start = ++at;
        while (peek() != ']') {
            if (isLineEnd(peek()) || peek() == EOF || peek() == '#' || peek() == ';') {
                throw fault("a section without a closing ']'");
            }
            at++;
        }
        String name = text.substring(start, at++);
        if (name.length() <= NAME_CHARS_MAX) {
            try {
                return sections.computeIfAbsent(EntityName.parse(name), any -> new Section(line));
            } catch (IllegalArgumentException e) {
                // Not chained: it quotes the name, which may be anything, even a key.
            }
        }
        throw fault("the section's name is no entity, such as [client.admin]");
    }

    private void readEntry() throws KeyringException {
        int entryLine = line;
        String name = readName();
        at++;
        skipBlanks();
        boolean quoted = peek() == '"' || peek() == '\'';
        String value = quoted ? readQuoted(text.charAt(at++)) : readUnquoted();
        endLine();
        if (section == null) {
            throw new KeyringException(file, entryLine, "an entry outside of a section such as [client.admin]");
        }
        try {
            set(section, name, value.strip());
        } catch (IllegalArgumentException e) {
            throw fault(entryLine, e);
        }
    }

    /** Up to the equals sign, with single {@code _} between its words. */
    private String readName() throws KeyringException {
        int start = at;
        while (peek() != '=') {
            if (isLineEnd(peek()) || peek() == EOF || peek() == '#' || peek() == ';') {
                throw fault("neither a section nor NAME = VALUE");
            }
            at++;
        }
        return text.substring(start, at).strip().replaceAll("[ \t\u000b\f]+", "_");
    }

    private static void set(Section section, String name, String value) {
        if (name.equals("key")) {
            section.key = CryptoKey.parseBase64(value);
        } else if (name.startsWith("caps_")) {
            // Checked here and not only at the end, so that the message names the line.
            String service = name.substring("caps_".length());
            section.caps.putAll(Keyring.Entry.checkedCaps(Map.of(service, value)));
        } else if (!name.equals("auid")) {
            // The name is not quoted: a key that stands alone on a line looks like one.
            throw new IllegalArgumentException("an unknown entry: only key and caps are known");
        }
    }

    private String readQuoted(char quote) throws KeyringException {
        StringBuilder value = new StringBuilder();
        while (peek() != quote) {
            if (peek() == '\\') {
                at++;
            }
            if (isLineEnd(peek()) || peek() == EOF) {
                throw fault("a quoted value does not end on its line");
            }
            value.append(text.charAt(at++));
        }
        at++;
        return value.toString();
    }

    private String readUnquoted() throws KeyringException {
        StringBuilder value = new StringBuilder();
        while (true) {
            char next = peek();
            if (next == EOF || next == '#' || next == ';' || isLineEnd(next)) {
                return value.toString();
            }
            at++;
            if (next != '\\') {
                value.append(next);
            } else if (isLineEnd(peek())) {
                skipLineEnd();
            } else if (peek() == EOF) {
                throw fault("the file ends within a line: it may have been cut off");
            } else {
                value.append(text.charAt(at++));
            }
        }
    }

    private void endLine() throws KeyringException {
        skipBlanks();
        if (peek() == '#' || peek() == ';') {
            skipComment();
        }
        if (peek() == EOF) {
            throw fault("the file ends within a line: it may have been cut off");
        }
        if (!isLineEnd(peek())) {
            throw fault("something stands behind the end of the value or section");
        }
        skipLineEnd();
    }

    private void skipComment() {
        while (peek() != EOF && !isLineEnd(peek())) {
            at++;
        }
    }

    private void skipBlanks() {
        while (peek() == ' ' || peek() == '\t' || peek() == '\u000b' || peek() == '\f') {
            at++;
        }
    }

    /** One of the three line ends, if there is one. */
    private void skipLineEnd() {
        if (text.startsWith("\r\n", at)) {
            at++;
        }
        if (isLineEnd(peek())) {
            at++;
            line++;
        }
    }

    private static boolean isLineEnd(char c) {
        return c == '\n' || c == '\r';
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : EOF;
    }

    private KeyringException fault(String detail) {
        return new KeyringException(file, line, detail);
    }

    private KeyringException fault(int entryLine, IllegalArgumentException e) {
        return new KeyringException(file, entryLine, String.valueOf(e.getMessage()));
    }
}
