package org.msgr2.crypto.tls;

import java.security.cert.X509Certificate;

/** Certificates for messages and logs: what a peer has written into its own is not to be trusted with a line of ours. */
public final class CertificateText {
    private static final int SUBJECT_CHARS_MAX = 200;

    private CertificateText() {}

    /** Subject and fingerprint, in one line of bounded length. */
    public static String describe(X509Certificate certificate) {
        return subject(certificate) + " (" + Fingerprint.of(certificate) + ")";
    }

    /** One line, of bounded length. */
    static String subject(X509Certificate certificate) {
        String name = certificate.getSubjectX500Principal().getName();
        StringBuilder text = new StringBuilder();
        name.codePoints().limit(SUBJECT_CHARS_MAX).forEach(c -> text.appendCodePoint(isPrintable(c) ? c : '?'));
        return text.isEmpty() ? "(no subject)" : text.toString();
    }

    private static boolean isPrintable(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
