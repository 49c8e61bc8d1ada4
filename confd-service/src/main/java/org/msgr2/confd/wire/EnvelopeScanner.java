package org.msgr2.confd.wire;

/**
 * Reads envelopes in the form that all known programs write: three strings of ASCII in any order, without blanks but for one
 * behind a colon or a comma, and without escapes but for quotes and backslashes. Of any other form it says nothing: a JSON parser
 * reads it. Not thread-safe.
 */
final class EnvelopeScanner {
    private final Utf8Buffer message;
    private final Utf8Buffer salt;
    private final Utf8Buffer hmac;
    private byte[] bytes = {};
    private int at;
    private int end;

    EnvelopeScanner(Utf8Buffer message, Utf8Buffer salt, Utf8Buffer hmac) {
        this.message = message;
        this.salt = salt;
        this.hmac = hmac;
    }

    /**
     * Reads an envelope into the three buffers.
     *
     * @return false if it has another form, good or bad; the buffers hold anything then
     */
    boolean read(byte[] datagram, int offset, int length) {
        bytes = datagram;
        at = offset;
        end = offset + length;
        boolean known = take('{');
        message.clear();
        salt.clear();
        hmac.clear();
        for (int member = 0; known && member < 3; member++) {
            known = (member == 0 || takeSpaced(',')) && member();
        }
        return known && take('}') && at == end;
    }

    private boolean member() {
        Utf8Buffer into = null;
        if (take("\"msg\"")) {
            into = message;
        } else if (take("\"salt\"")) {
            into = salt;
        } else if (take("\"hmac\"")) {
            into = hmac;
        }
        // One that is not empty has come before.
        return into != null && into.length() == 0 && takeSpaced(':') && string(into) && into.length() > 0;
    }

    private boolean string(Utf8Buffer into) {
        if (!take('"')) {
            return false;
        }
        while (at < end) {
            byte b = bytes[at++];
            if (b == '"') {
                return true;
            }
            if (b == '\\') {
                if (at == end || (bytes[at] != '"' && bytes[at] != '\\')) {
                    return false;
                }
                b = bytes[at++];
            } else if (b < ' ') { // control characters, and what is beyond ASCII
                return false;
            }
            if (!into.append(b)) {
                return false;
            }
        }
        return false;
    }

    private boolean take(char expected) {
        boolean is = at < end && bytes[at] == expected;
        if (is) {
            at++;
        }
        return is;
    }

    private boolean takeSpaced(char expected) {
        boolean is = take(expected);
        if (is && at < end && bytes[at] == ' ') {
            at++;
        }
        return is;
    }

    private boolean take(String expected) {
        int length = expected.length();
        if (length > end - at) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (bytes[at + i] != expected.charAt(i)) {
                return false;
            }
        }
        at += length;
        return true;
    }
}
