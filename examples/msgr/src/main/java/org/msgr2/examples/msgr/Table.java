package org.msgr2.examples.msgr;

import java.util.ArrayList;
import java.util.List;

/** Two columns: what, and how it is. */
final class Table {
    private static final String GAP = "  ";
    private static final int LINE_CHARS_MAX = 100;

    private record Row(String label, List<String> words) {}

    private final List<Row> rows = new ArrayList<>();

    Table row(String label, Object value) {
        rows.add(new Row(label, List.of(value.toString())));
        return this;
    }

    /** A list, on as many lines as it takes. */
    Table row(String label, List<String> values) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            words.add(values.get(i) + (i < values.size() - 1 ? "," : ""));
        }
        rows.add(new Row(label, words.isEmpty() ? List.of("none") : words));
        return this;
    }

    void print(Terminal terminal) {
        int width = rows.stream().mapToInt(row -> row.label.length()).max().orElse(0);
        for (Row row : rows) {
            StringBuilder line = new StringBuilder(row.label).append(" ".repeat(width - row.label.length()) + GAP);
            int indent = line.length();
            for (String word : row.words) {
                if (line.length() > indent && line.length() + word.length() >= LINE_CHARS_MAX) {
                    terminal.out().println(line.toString().stripTrailing());
                    line.setLength(0);
                    line.append(" ".repeat(indent));
                }
                line.append(word).append(' ');
            }
            terminal.out().println(line.toString().stripTrailing());
        }
    }
}
