package org.msgr2.session.netty;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.crypto.tls.UntrustedCertificateException;

/**
 * Says in one line what has gone wrong with TLS, whoever's TLS it is. Immutable.
 *
 * @param dialled by us
 * @param haveCertificate whether we could show one, if the peer asked
 */
record TlsFailures(boolean dialled, boolean haveCertificate) {
    private static final int TEXT_CHARS_MAX = 200;
    private static final int CAUSES_MAX = 16;

    /** As the JDK writes it, and as BoringSSL does. */
    private static final Pattern ALERT = Pattern.compile("(?:fatal alert: |_ALERT_)(\\w+)");

    /** What a peer says that does not like our certificate, or the lack of one. */
    private static final Set<String> ALERTS_OF_CERTIFICATES = Set.of(
            "no_certificate",
            "bad_certificate",
            "unsupported_certificate",
            "certificate_revoked",
            "certificate_expired",
            "certificate_unknown",
            "unknown_ca",
            "access_denied",
            "certificate_required");

    /** A peer has sent no certificate: the JDK's words, and BoringSSL's. */
    private static final Pattern NO_CERTIFICATE =
            Pattern.compile("Empty (client|server) certificate chain|DID_NOT_RETURN_A_CERTIFICATE");

    /** @return a {@link ProtocolException} for all that has to do with TLS; null if the peer, or we, just closed the connection */
    @Nullable Throwable explain(Throwable failure) {
        Throwable outer =
                failure instanceof DecoderException && failure.getCause() != null ? failure.getCause() : failure;
        StringBuilder text = new StringBuilder();
        Throwable cause = outer;
        for (int i = 0; i < CAUSES_MAX && cause != null; i++) {
            if (cause instanceof ProtocolException known) {
                return known;
            }
            if (cause instanceof UntrustedCertificateException untrusted) {
                return new ProtocolException(FaultKind.AUTH, String.valueOf(untrusted.getMessage()), failure);
            }
            text.append(cause.getMessage()).append('\n');
            cause = cause.getCause();
        }
        if (outer instanceof ClosedChannelException) {
            return null;
        }
        if (outer instanceof SslHandshakeTimeoutException) {
            return new ProtocolException(FaultKind.TIMEOUT, "the TLS handshake takes too long", failure);
        }
        return outer instanceof SSLException ? explain(outer, text.toString()) : outer;
    }

    private ProtocolException explain(Throwable failure, String text) {
        if (NO_CERTIFICATE.matcher(text).find()) {
            return new ProtocolException(FaultKind.AUTH, "the peer has no certificate, and one is required", failure);
        }
        Matcher alert = ALERT.matcher(text);
        if (alert.find()) {
            return refused(alert.group(1).toLowerCase(Locale.ROOT), failure);
        }
        String line = String.valueOf(failure.getMessage()).lines().findFirst().orElse("no reason given");
        String reason = line.substring(0, Math.min(line.length(), TEXT_CHARS_MAX));
        return new ProtocolException(FaultKind.TRANSPORT, "TLS failed: " + reason, failure);
    }

    private ProtocolException refused(String alert, Throwable failure) {
        String by = " (TLS alert " + alert + ")";
        if (!ALERTS_OF_CERTIFICATES.contains(alert)) {
            return new ProtocolException(FaultKind.TRANSPORT, "the peer refuses the TLS handshake" + by, failure);
        }
        String what = dialled && !haveCertificate
                ? "the peer requires a client certificate, and we have none"
                : "the peer does not accept our certificate";
        return new ProtocolException(FaultKind.AUTH, what + by, failure);
    }
}
