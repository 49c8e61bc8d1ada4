package org.msgr2.crypto.tls;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The SHA-256 of a certificate: what one end prints and the other end pins. Immutable.
 *
 * @param text 32 bytes in the form that {@code openssl x509 -fingerprint -sha256} prints: {@code AB:CD:…}
 */
public record Fingerprint(String text) {
    private static final Pattern FORM = Pattern.compile("[0-9A-F]{2}(:[0-9A-F]{2}){31}");
    private static final HexFormat COLONS = HexFormat.ofDelimiter(":").withUpperCase();

    public Fingerprint {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "not a SHA-256 fingerprint: '" + text + "', expected 32 bytes in hex with colons between them");
        }
    }

    public static Fingerprint of(X509Certificate certificate) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            return new Fingerprint(COLONS.formatHex(digest));
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("a certificate that cannot be encoded", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /**
     * Reads what people paste: in either case, with or without colons, with or without {@code sha256:} or OpenSSL's {@code
     * sha256 Fingerprint=} before it.
     *
     * @throws IllegalArgumentException naming the text
     */
    public static Fingerprint parse(String text) {
        String hex = text.strip()
                .toUpperCase(Locale.ROOT)
                .replaceFirst("^SHA-?256( FINGERPRINT=|:)", "")
                .replace(":", "");
        if (!hex.matches("[0-9A-F]{64}")) {
            throw new IllegalArgumentException(
                    "not a SHA-256 fingerprint: '" + text + "', expected 32 bytes in hex, with or without colons");
        }
        return new Fingerprint(COLONS.formatHex(HexFormat.of().parseHex(hex)));
    }

    @Override
    public String toString() {
        return "sha256:" + text;
    }
}
