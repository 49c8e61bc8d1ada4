package org.msgr2.confd.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the query of a request; also finds out which era wrote it (spec/confd §2, §9). Used once. */
final class QueryReader {
    private final JsonParser in;
    private final WireMode mode;
    private final boolean strict;
    private Era era;
    private @Nullable String link;
    private @Nullable String ip;
    private List<String> ips = List.of();
    private List<MasterField> fields = List.of();

    QueryReader(JsonParser in, WireMode mode) {
        this.in = in;
        this.mode = mode;
        this.era = mode.era();
        this.strict = era == Era.V3_0;
    }

    /** Known when the query has been read. */
    Era era() {
        return era;
    }

    /** Reads the value that the parser is at. */
    Query read() throws IOException, Refusal {
        return switch (in.currentToken()) {
            case VALUE_NULL -> Query.NONE;
            case VALUE_STRING -> new Query.Text(in.getText());
            case START_OBJECT -> fields();
            default -> throw bad();
        };
    }

    private Query fields() throws IOException, Refusal {
        int seen = 0;
        String name;
        while ((name = in.nextFieldName()) != null) {
            in.nextToken();
            int key = name.length() == 1 ? name.charAt(0) - '0' : -1;
            if (key >= 0 && key <= 3) {
                if ((seen & 1 << key) != 0) {
                    throw bad();
                }
                seen |= 1 << key;
                field(key);
            } else if (strict) {
                throw bad();
            } else {
                in.skipChildren();
            }
        }
        return new Query.Fields(link, ip, ips, fields);
    }

    private void field(int key) throws IOException, Refusal {
        if (in.hasToken(JsonToken.VALUE_NULL)) {
            return;
        }
        switch (key) {
            case 0 -> link = text();
            case 1 -> ip = text();
            case 2 -> {
                startArray();
                List<String> list = new ArrayList<>();
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    list.add(text());
                }
                ips = list;
            }
            default -> {
                startArray();
                List<MasterField> list = new ArrayList<>();
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    list.add(masterField());
                }
                fields = list;
            }
        }
    }

    private void startArray() throws Refusal {
        if (!in.isExpectedStartArrayToken()) {
            throw bad();
        }
    }

    private String text() throws IOException, Refusal {
        if (!in.hasToken(JsonToken.VALUE_STRING)) {
            throw bad();
        }
        return in.getText();
    }

    /** An integer in the later era, in the earlier one a string; each drops the other form. */
    private MasterField masterField() throws IOException, Refusal {
        MasterField field = null;
        if (in.hasToken(JsonToken.VALUE_STRING) && mode != WireMode.V3_0) {
            String digit = in.getText();
            field = digit.length() == 1 ? MasterField.fromWire(digit.charAt(0) - '0') : null;
            era = Era.V2_7;
        } else if (in.currentToken().isNumeric() && mode != WireMode.V2_7) {
            field = MasterField.fromWire(WireNumber.of(in, -1));
        }
        if (field == null) {
            throw bad();
        }
        return field;
    }

    private static Refusal bad() {
        return Refusal.of(Rejection.QUERY);
    }
}
