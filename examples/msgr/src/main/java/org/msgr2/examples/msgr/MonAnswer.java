package org.msgr2.examples.msgr;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What a monitor answered to a command.
 *
 * @param result 0 or more if it was done, else a negative errno
 * @param status a line for people; may be empty
 * @param output what the command printed; text, as a rule
 */
@SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
record MonAnswer(int result, String status, byte[] output) {
    /** Linux's names of what monitors answer with. */
    private static final Map<Integer, String> ERRNO = Map.ofEntries(
            Map.entry(1, "EPERM"),
            Map.entry(2, "ENOENT"),
            Map.entry(5, "EIO"),
            Map.entry(7, "E2BIG"),
            Map.entry(11, "EAGAIN"),
            Map.entry(12, "ENOMEM"),
            Map.entry(13, "EACCES"),
            Map.entry(16, "EBUSY"),
            Map.entry(17, "EEXIST"),
            Map.entry(19, "ENODEV"),
            Map.entry(20, "ENOTDIR"),
            Map.entry(21, "EISDIR"),
            Map.entry(22, "EINVAL"),
            Map.entry(28, "ENOSPC"),
            Map.entry(33, "EDOM"),
            Map.entry(34, "ERANGE"),
            Map.entry(36, "ENAMETOOLONG"),
            Map.entry(38, "ENOSYS"),
            Map.entry(39, "ENOTEMPTY"),
            Map.entry(61, "ENODATA"),
            Map.entry(75, "EOVERFLOW"),
            Map.entry(95, "EOPNOTSUPP"),
            Map.entry(107, "ENOTCONN"),
            Map.entry(110, "ETIMEDOUT"));

    /** Throws what the monitor refused, with the name of its error. */
    MonAnswer orFailure() throws Failure {
        if (result >= 0) {
            return this;
        }
        String name = ERRNO.getOrDefault(-result, "error");
        String why = Faults.oneLine(status);
        throw Failure.of("the monitor answers " + name + " (" + result + ")" + (why.isEmpty() ? "" : ": " + why));
    }

    /** The output as text, without its last line ends. */
    String text() throws Failure {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(output))
                    .toString()
                    .stripTrailing();
        } catch (CharacterCodingException e) {
            throw Failure.of(
                    "the answer is " + output.length + " bytes that are no text; give -o FILE to keep them", e);
        }
    }
}
