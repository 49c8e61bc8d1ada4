package org.msgr2.confd.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.IOException;

/**
 * Puts a message into a signed envelope. Reuses its buffers; not thread-safe. All output is ASCII.
 */
final class DatagramWriter {
    private static final SerializableString HMAC = new SerializedString("hmac");
    private static final SerializableString MSG = new SerializedString("msg");
    private static final SerializableString SALT = new SerializedString("salt");

    private final Signer signer;
    private final Utf8Buffer message;
    private final Utf8Buffer salt;
    private final Utf8Buffer hmac = new Utf8Buffer(Signer.HEX_LENGTH, Signer.HEX_LENGTH);
    private final Utf8Buffer datagram;
    private JsonGenerator messageJson;
    private JsonGenerator datagramJson;

    DatagramWriter(ConfdKey key, int bytesMax) {
        signer = new Signer(key);
        message = new Utf8Buffer(1024, bytesMax);
        salt = new Utf8Buffer(64, bytesMax);
        datagram = new Utf8Buffer(1024, bytesMax);
        messageJson = WireJson.generator(message);
        datagramJson = WireJson.generator(datagram);
    }

    /**
     * Writes the message and the envelope around it.
     *
     * @return false if that gets too long, or the salt has no UTF-8
     */
    boolean write(AnswerBody body, String itsSalt) {
        message.clear();
        datagram.clear();
        try {
            body.writeTo(messageJson);
            messageJson.flush();
            if (!salt.set(itsSalt)) {
                return false;
            }
            signer.sign(salt, message, hmac);
            datagram.write(Envelope.MAGIC, 0, Envelope.MAGIC.length);
            datagramJson.writeStartObject();
            datagramJson.writeFieldName(HMAC);
            datagramJson.writeRawUTF8String(hmac.bytes(), 0, hmac.length());
            datagramJson.writeFieldName(MSG);
            datagramJson.writeUTF8String(message.bytes(), 0, message.length());
            datagramJson.writeFieldName(SALT);
            datagramJson.writeString(itsSalt);
            datagramJson.writeEndObject();
            datagramJson.flush();
            return true;
        } catch (IOException e) {
            // Too long, and both are somewhere in the middle of a value.
            messageJson = WireJson.generator(message);
            datagramJson = WireJson.generator(datagram);
            return false;
        }
    }

    /** The datagram that was written last, in a buffer that the next one overwrites. */
    byte[] bytes() {
        return datagram.bytes();
    }

    int length() {
        return datagram.length();
    }
}
