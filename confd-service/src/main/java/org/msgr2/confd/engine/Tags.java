package org.msgr2.confd.engine;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A set of tags: each once, in the order of their letters (observed on 3.0.2).
 *
 * @param tags in order
 */
record Tags(List<String> tags) {
    Tags {
        tags = tags.stream().distinct().sorted(Tags::byCodePoint).toList();
    }

    /** Reads them from the first token of a list to its last; what is no text in it is no tag. */
    static Tags read(JsonParser in) throws IOException {
        List<String> found = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            if (in.hasToken(JsonToken.VALUE_STRING)) {
                found.add(in.getText());
            }
            in.skipChildren();
        }
        return new Tags(found);
    }

    void writeTo(JsonGenerator out) throws IOException {
        NodeLists.writeStrings(tags, out);
    }

    private static int byCodePoint(String left, String right) {
        int common = Math.min(left.length(), right.length());
        for (int at = 0; at < common; at++) {
            if (left.charAt(at) != right.charAt(at)) {
                return Integer.compare(left.codePointAt(at), right.codePointAt(at));
            }
        }
        return Integer.compare(left.length(), right.length());
    }
}
