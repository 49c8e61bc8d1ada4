package org.msgr2.crypto.auth;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one service's text. Total: what cannot be read grants nothing. */
final class CapabilityParser {
    private static final int TEXT_CHARS_MAX = 64 * 1024;
    private static final int GRANTS_MAX = 1024;

    /** Ceph's words that add to {@code rwx}, of which they are parts; they restrict nothing. */
    private static final Set<String> ADDITIVE = Set.of("class-read", "class-write");

    private final String text;
    private int at;

    private CapabilityParser(String text) {
        this.text = text;
    }

    static List<Capabilities.Grant> parse(String text) {
        if (text.length() > TEXT_CHARS_MAX) {
            return List.of();
        }
        List<List<String>> statements = new CapabilityParser(text).statements();
        if (statements == null || statements.size() > GRANTS_MAX) {
            return List.of();
        }
        List<Capabilities.Grant> grants = new ArrayList<>();
        for (List<String> words : statements) {
            Capabilities.Grant grant = grant(words);
            if (grant == null) {
                // Half a text could allow more than the whole: as Ceph does, take all or nothing.
                return List.of();
            }
            grants.add(grant);
        }
        return List.copyOf(grants);
    }

    /** The words of each grant; null if a quote does not end or something else than a grant follows a separator. */
    private @Nullable List<List<String>> statements() {
        List<List<String>> statements = new ArrayList<>();
        List<String> words = new ArrayList<>();
        while (true) {
            skipBlanks();
            if (at == text.length()) {
                break;
            }
            if (isSeparator(text.charAt(at))) {
                at++;
                if (startsGrant()) {
                    statements.add(words);
                    words = new ArrayList<>();
                } else if (at < text.length() && !isSeparator(text.charAt(at))) {
                    return null;
                }
                continue;
            }
            String word = word();
            if (word == null) {
                return null;
            }
            words.add(word);
        }
        statements.add(words);
        statements.removeIf(List::isEmpty);
        return statements;
    }

    private void skipBlanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    /** Whether a grant begins at the next word. */
    private boolean startsGrant() {
        skipBlanks();
        return startsWithWord("allow") || startsWithWord("profile");
    }

    private boolean startsWithWord(String word) {
        int end = at + word.length();
        return text.startsWith(word, at)
                && (end == text.length() || Character.isWhitespace(text.charAt(end)) || isSeparator(text.charAt(end)));
    }

    /** Up to a blank or to a separator that is not part of a list, as in {@code gids=1,2}; quotes are removed. */
    private @Nullable String word() {
        StringBuilder word = new StringBuilder();
        while (at < text.length() && !Character.isWhitespace(text.charAt(at))) {
            char c = text.charAt(at);
            if (c == '"' || c == '\'') {
                int end = text.indexOf(c, at + 1);
                if (end < 0) {
                    return null;
                }
                word.append(text, at + 1, end);
                at = end + 1;
            } else if (isSeparator(c) && endsGrant()) {
                break;
            } else {
                word.append(c);
                at++;
            }
        }
        return word.toString();
    }

    private boolean endsGrant() {
        int separator = at;
        at++;
        boolean blank = at == text.length() || Character.isWhitespace(text.charAt(at)) || isSeparator(text.charAt(at));
        boolean ends = startsGrant() || blank;
        at = separator;
        return ends;
    }

    private static boolean isSeparator(char c) {
        return c == ',' || c == ';';
    }

    /** Null if it does not begin as a grant does. */
    private static Capabilities.@Nullable Grant grant(List<String> words) {
        int next = words.get(0).equals("allow") ? 1 : 0;
        String profile = "";
        if (next < words.size() && words.get(next).equals("profile")) {
            if (next + 1 == words.size()) {
                return null;
            }
            profile = words.get(next + 1);
            next += 2;
        } else if (next == 0) {
            return null;
        }
        Set<Access> access = EnumSet.noneOf(Access.class);
        Map<String, String> qualifiers = new LinkedHashMap<>();
        for (String word : words.subList(next, words.size())) {
            Set<Access> named = access(word);
            if (!named.isEmpty()) {
                access.addAll(named);
            } else if (!ADDITIVE.contains(word)) {
                int equals = word.indexOf('=');
                String key = equals < 0 ? word : word.substring(0, equals);
                String value = equals < 0 ? "" : word.substring(equals + 1);
                String before = qualifiers.putIfAbsent(key, value);
                if (before != null && !before.equals(value)) {
                    // Two values for one key: no telling which one was meant.
                    return null;
                }
            }
        }
        // A profile means what its service says it means; rights beside it are part of that.
        return new Capabilities.Grant(profile.isEmpty() ? access : Set.of(), profile, qualifiers);
    }

    /** Empty if the word names no access. */
    private static Set<Access> access(String word) {
        switch (word.toLowerCase(Locale.ROOT)) {
            case "*", "all", "any" -> {
                return EnumSet.allOf(Access.class);
            }
            default -> {
                Set<Access> access = EnumSet.noneOf(Access.class);
                for (Access each : Access.values()) {
                    if (word.indexOf(each.letter()) >= 0) {
                        access.add(each);
                    }
                }
                return word.matches("[rwx]+") ? access : Set.of();
            }
        }
    }
}
