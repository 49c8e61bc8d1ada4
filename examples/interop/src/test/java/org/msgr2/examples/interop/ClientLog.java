package org.msgr2.examples.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.frame.Tag;

/**
 * What a client of Ceph 16.2.15 has written to its log about its session with one peer, in whatever mode: the real program's
 * own account of the frames that it got. Reads the file again for each question. Complete only when the client has ended.
 */
final class ClientLog {

    /** Lines for the configuration of the client that is to write it. */
    static List<String> configuration(Path file) {
        return List.of("log file = " + file, "debug ms = 10");
    }

    /** By which a session is established; SESSION_RESET is logged in its own way. */
    private static final Map<Integer, String> ANSWERS = Map.of(
            Tag.SERVER_IDENT.code(), "SERVER_IDENT",
            Tag.IDENT_MISSING_FEATURES.code(), "IDENT_MISSING_FEATURES",
            Tag.SESSION_RETRY.code(), "SESSION_RETRY",
            Tag.SESSION_RETRY_GLOBAL.code(), "SESSION_RETRY_GLOBAL",
            Tag.SESSION_RECONNECT_OK.code(), "SESSION_RECONNECT_OK",
            Tag.WAIT.code(), "WAIT");

    private static final Pattern ANSWER = Pattern.compile("handle_read_frame_dispatch tag=(\\d+)");
    private static final Pattern RESET = Pattern.compile("received session reset full=(\\d)");
    private static final Pattern IDENT =
            Pattern.compile("send_client_ident .* global_seq=(\\d+) .* cookie=([0-9a-f]+)");
    private static final Pattern RECONNECT = Pattern.compile(
            "send_reconnect .*client_cookie=([0-9a-f]+) server_cookie=([0-9a-f]+) gs=(\\d+) cs=(\\d+) ms=(\\d+)");
    private static final Pattern READY =
            Pattern.compile("ready entity=\\S+ client_cookie=([0-9a-f]+) server_cookie=([0-9a-f]+)");
    private static final Pattern WRITTEN = Pattern.compile("write_message sending message m=\\S+ seq=(\\d+) (\\w+)");
    private static final Pattern REPLY = Pattern.compile("<== .* ==== client_reply\\(\\S*?:(\\d+) = ");

    /**
     * What the session is known by at present.
     *
     * @param globalSeq of the client's last attempt
     */
    record SessionNames(long clientCookie, long serverCookie, long globalSeq) {}

    private final Path file;
    private final String peer;

    /** @param peer the only one that matters */
    ClientLog(Path file, EntityAddr peer) {
        this.file = file;
        this.peer = peer.toString();
    }

    private List<String> lines() throws IOException {
        try (var lines = Files.lines(file)) {
            return lines.filter(line -> line.contains(" " + peer + " ")).toList();
        }
    }

    /**
     * The frames that established the session, ours and the client's, in order; those that tell of themselves as in {@code
     * SESSION_RECONNECT cs=1}, its {@code connect_seq}.
     */
    List<String> establishing() throws IOException {
        List<String> frames = new ArrayList<>();
        for (String line : lines()) {
            Matcher answer = ANSWER.matcher(line);
            Matcher reconnect = RECONNECT.matcher(line);
            Matcher reset = RESET.matcher(line);
            if (answer.find()) {
                String name = ANSWERS.get(Integer.parseInt(answer.group(1)));
                if (name != null) {
                    frames.add(name);
                }
            } else if (reset.find()) {
                frames.add("SESSION_RESET full=" + reset.group(1));
            } else if (reconnect.find()) {
                frames.add("SESSION_RECONNECT cs=" + reconnect.group(4));
            } else if (IDENT.matcher(line).find()) {
                frames.add("CLIENT_IDENT");
            }
        }
        return frames;
    }

    /** The session as the client knows it since it was ready for the last time, if it was. */
    Optional<SessionNames> names() throws IOException {
        SessionNames names = null;
        long globalSeq = 0;
        for (String line : lines()) {
            Matcher ident = IDENT.matcher(line);
            Matcher reconnect = RECONNECT.matcher(line);
            Matcher ready = READY.matcher(line);
            if (ident.find()) {
                globalSeq = Long.parseLong(ident.group(1));
            } else if (reconnect.find()) {
                globalSeq = Long.parseLong(reconnect.group(3));
            } else if (ready.find()) {
                names = new SessionNames(
                        Long.parseUnsignedLong(ready.group(1), 16),
                        Long.parseUnsignedLong(ready.group(2), 16),
                        globalSeq);
            }
        }
        return Optional.ofNullable(names);
    }

    /** The sequence numbers under which messages of that kind were written to the socket, in order. */
    List<Long> written(String kind) throws IOException {
        List<Long> numbers = new ArrayList<>();
        for (String line : lines()) {
            Matcher written = WRITTEN.matcher(line);
            if (written.find() && written.group(2).equals(kind)) {
                numbers.add(Long.parseLong(written.group(1)));
            }
        }
        return numbers;
    }

    /** The transactions to which the client got a {@code client_reply}, in the order in which they were dispatched. */
    List<Long> replies() throws IOException {
        List<Long> tids = new ArrayList<>();
        for (String line : lines()) {
            Matcher reply = REPLY.matcher(line);
            if (reply.find()) {
                tids.add(Long.parseLong(reply.group(1)));
            }
        }
        return tids;
    }
}
