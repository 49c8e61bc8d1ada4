package org.msgr2.examples.interop;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** How the test itself signs: written from the specification, and not with the code that is tested (spec/confd §1.1). */
final class ConfdSignature {

    private static final String ALGORITHM = "HmacSHA1";

    private ConfdSignature() {}

    /** HMAC-SHA1 over salt and message with {@link ConfdHost#KEY}, as 40 lower-case digits. */
    static String of(String salt, String message) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(ConfdHost.KEY, ALGORITHM));
            return HexFormat.of().formatHex(mac.doFinal((salt + message).getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a JDK without " + ALGORITHM, e);
        }
    }
}
