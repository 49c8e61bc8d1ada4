package org.msgr2.examples.msgr;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;

/** Failures in words, for the one line that a user sees. */
final class Faults {
    /** How native transports begin: {@code bind(..) failed with error(-98): }. */
    private static final Pattern SYSTEM_CALL = Pattern.compile("^\\w+\\(\\.*\\) failed(?: with error\\(-?\\d+\\))?: ");

    /** The line names the peer already. */
    private static final Pattern PEER = Pattern.compile("^peer \\S+: ");

    private Faults() {}

    /** What is at the bottom of it: the operating system's own words, or what is wrong with the protocol. */
    static String root(Throwable failure) {
        Throwable innermost = failure;
        boolean ofTls = false;
        for (Throwable next = failure.getCause(); next != null; next = next.getCause()) {
            innermost = next;
            ofTls |= next instanceof SSLException;
        }
        Throwable fault = outermostFault(failure);
        if (fault instanceof ProtocolException protocol && (protocol.kind() != FaultKind.TRANSPORT || ofTls)) {
            // Causes within the protocol lack what the outer ones know: the frame. Those of TLS are in nobody's words.
            innermost = fault;
        }
        String text = oneLine(innermost.getMessage());
        text = PEER.matcher(SYSTEM_CALL.matcher(text).replaceFirst("")).replaceFirst("");
        return text.isEmpty() ? innermost.getClass().getSimpleName() : text;
    }

    private static Throwable outermostFault(Throwable failure) {
        Throwable fault = failure;
        while (!(fault instanceof ProtocolException) && fault.getCause() != null) {
            fault = fault.getCause();
        }
        return fault;
    }

    /** Why a file cannot be used; Java's own messages are often no more than its name. */
    static String file(IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return "no such file or directory";
        }
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (failure instanceof CharacterCodingException) {
            return "not UTF-8 text";
        }
        String detail = failure instanceof FileSystemException file ? file.getReason() : failure.getMessage();
        return detail == null ? failure.getClass().getSimpleName() : oneLine(detail);
    }

    static String oneLine(@Nullable String text) {
        return text == null ? "" : text.strip().replaceAll("\\s*\\R\\s*", "; ");
    }
}
