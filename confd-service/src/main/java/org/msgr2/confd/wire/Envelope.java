package org.msgr2.confd.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** The signed envelope, the same in both directions (spec/confd §1, §1.1). Reused for each datagram; not thread-safe. */
final class Envelope {
    static final byte[] MAGIC = {'p', 'l', 'j', '0'};

    private static final int MSG = 1;
    private static final int SALT = 2;
    private static final int HMAC = 4;

    private final Signer signer;
    private final Utf8Buffer message;
    private final Utf8Buffer salt;
    private final Utf8Buffer hmac;
    private final EnvelopeScanner scanner;

    /**
     * @param bytesMax of a datagram: no part of one is longer
     */
    Envelope(ConfdKey key, int bytesMax) {
        signer = new Signer(key);
        // Escapes shrink when they are undone; a byte of UTF-8 stays one.
        message = new Utf8Buffer(512, bytesMax);
        salt = new Utf8Buffer(64, bytesMax);
        hmac = new Utf8Buffer(64, bytesMax);
        scanner = new EnvelopeScanner(message, salt, hmac);
    }

    /**
     * Takes a datagram apart and checks the signature.
     *
     * @param strict whether a key that is not ours makes it invalid
     * @throws Refusal MAGIC, ENVELOPE or HMAC
     */
    void read(byte[] datagram, int offset, int length, boolean strict) throws Refusal {
        if (!hasMagic(datagram, offset, length)) {
            throw Refusal.of(Rejection.MAGIC);
        }
        int from = offset + MAGIC.length;
        if (!scanner.read(datagram, from, length - MAGIC.length)) {
            parse(datagram, from, length - MAGIC.length, strict);
        }
        if (!signer.verifies(salt, message, hmac)) {
            throw Refusal.of(Rejection.HMAC);
        }
    }

    private void parse(byte[] datagram, int offset, int length, boolean strict) throws Refusal {
        try (JsonParser in = WireJson.FACTORY.createParser(datagram, offset, length)) {
            in.nextToken();
            readStrings(in, strict);
            if (in.nextToken() != null) {
                throw Refusal.of(Rejection.ENVELOPE);
            }
        } catch (IOException e) {
            throw Refusal.of(Rejection.ENVELOPE);
        }
    }

    /** The magic, and at once the brace: blanks between them are refused (spec/confd §1.2). */
    private static boolean hasMagic(byte[] datagram, int offset, int length) {
        if (length <= MAGIC.length || datagram[offset + MAGIC.length] != '{') {
            return false;
        }
        for (int i = 0; i < MAGIC.length; i++) {
            if (datagram[offset + i] != MAGIC[i]) {
                return false;
            }
        }
        return true;
    }

    private void readStrings(JsonParser in, boolean strict) throws IOException, Refusal {
        int seen = 0;
        String name;
        while ((name = in.nextFieldName()) != null) {
            in.nextToken();
            switch (name) {
                case "msg" -> seen = first(seen, MSG, in, message);
                case "salt" -> seen = first(seen, SALT, in, salt);
                case "hmac" -> seen = first(seen, HMAC, in, hmac);
                default -> {
                    if (strict) {
                        throw Refusal.of(Rejection.ENVELOPE);
                    }
                    in.skipChildren();
                }
            }
        }
        if (seen != (MSG | SALT | HMAC)) {
            throw Refusal.of(Rejection.ENVELOPE);
        }
    }

    private static int first(int seen, int key, JsonParser in, Utf8Buffer into) throws IOException, Refusal {
        boolean isNewString = (seen & key) == 0 && in.hasToken(JsonToken.VALUE_STRING);
        if (!isNewString || !into.set(in.getTextCharacters(), in.getTextOffset(), in.getTextLength())) {
            throw Refusal.of(Rejection.ENVELOPE);
        }
        return seen | key;
    }

    /** The message of the datagram that was read last. */
    Utf8Buffer message() {
        return message;
    }

    /** Its salt. */
    Utf8Buffer salt() {
        return salt;
    }
}
