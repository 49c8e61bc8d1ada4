package org.msgr2.session.mon;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.crypto.auth.cephx.FailedLogins;
import org.msgr2.crypto.auth.cephx.LoginListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes refused logins to the log, as warnings. How many is up to the {@link FailedLogins} that calls it. The claimed name
 * is a stranger's: it is shortened, and spaces and what is not printable ASCII in it are escaped. Thread-safe.
 */
public final class RefusedLoginLog implements FailedLogins.Log {
    private static final Logger LOG = LoggerFactory.getLogger(RefusedLoginLog.class);

    /** Of a claimed name; longer ones are cut. */
    private static final int NAME_CHARS_MAX = 64;

    /** One per process is enough. */
    public RefusedLoginLog() {}

    @Override
    public void refused(
            @Nullable EntityName claimed, @Nullable EntityAddr peer, LoginListener.Reason reason, long leftOut) {
        String who = (claimed == null ? "nobody" : printable(claimed)) + (peer == null ? "" : " at " + peer);
        String more = leftOut == 0 ? "" : ", and " + leftOut + " like it before";
        LOG.warn("login refused: {}: {}{}", who, words(reason), more);
    }

    /** {@code WRONG_KEY} → {@code wrong key}. */
    public static String words(LoginListener.Reason reason) {
        return reason.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String printable(EntityName claimed) {
        String text = claimed.toString();
        StringBuilder escaped = new StringBuilder();
        text.chars().limit(NAME_CHARS_MAX).forEach(c -> {
            if (c > ' ' && c <= '~' && c != '\\') {
                escaped.append((char) c);
            } else {
                escaped.append(String.format(Locale.ROOT, "\\u%04x", c));
            }
        });
        return text.length() > NAME_CHARS_MAX ? escaped + "..." : escaped.toString();
    }
}
