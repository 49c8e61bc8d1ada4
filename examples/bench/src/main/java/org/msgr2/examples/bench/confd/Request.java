package org.msgr2.examples.bench.confd;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A question that is asked again and again: the same datagram is answered each time (spec/confd §1.2), as long as its time is
 * within the window of five minutes.
 *
 * @param name of the type, for a report
 * @param datagram the bytes, to be duplicated
 */
record Request(String name, ByteBuffer datagram) {
    private static final String ALGORITHM = "HmacSHA1";

    /**
     * Signs a question.
     *
     * @param query as JSON text
     * @param rsalt by which its replies are known; letters and digits
     */
    static Request of(String name, int type, String query, String rsalt) {
        String message = "{\"protocol\":1,\"type\":%d,\"query\":%s,\"rsalt\":\"%s\"}".formatted(type, query, rsalt);
        String salt = Long.toString(System.currentTimeMillis() / 1000);
        String datagram = "plj0{\"msg\":\"%s\",\"salt\":\"%s\",\"hmac\":\"%s\"}"
                .formatted(message.replace("\\", "\\\\").replace("\"", "\\\""), salt, hmac(salt + message));
        return new Request(
                name,
                ByteBuffer.wrap(datagram.getBytes(StandardCharsets.US_ASCII)).asReadOnlyBuffer());
    }

    private static String hmac(String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(ClusterFiles.KEY, ALGORITHM));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a JDK without " + ALGORITHM, e);
        }
    }
}
