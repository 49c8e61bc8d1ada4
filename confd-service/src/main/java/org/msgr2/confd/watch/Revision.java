package org.msgr2.confd.watch;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A state of what is below a path. Every node with the same file has the same content hash; the serial number orders them.
 * Immutable.
 *
 * @param serialNo the file's serial number when this state was first seen
 * @param contentHash 128 bits in hexadecimal digits; formatting and the order of members do not change it
 */
public record Revision(long serialNo, String contentHash) {
    private static final Pattern TEXT = Pattern.compile("(-?[0-9]{1,18})-([0-9a-f]{32})");

    /** The revision that {@link #toString} gave a text for; null for any other text. */
    public static @Nullable Revision parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        return matcher.matches() ? new Revision(Long.parseLong(matcher.group(1)), matcher.group(2)) : null;
    }

    @Override
    public String toString() {
        return serialNo + "-" + contentHash;
    }
}
