package org.msgr2.core.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page that lists every bound says what the code does. */
class LimitsPageTest {
    /** Set by Surefire; where an IDE does not, the working directory is the module's. */
    private static final Path MODULE = Path.of(System.getProperty("basedir", ""));

    private static final Path PAGE = MODULE.resolve("../docs/guide/limits.md");

    /** A row that begins with the name of a bound and its default: {@code | `frames.listMax` | 64 |}. */
    private static final Pattern ROW = Pattern.compile("^\\| `(\\w+\\.\\w+)` \\| ([^|]+?) \\|", Pattern.MULTILINE);

    @Test
    void listsEveryBoundWithItsDefault() throws IOException, ReflectiveOperationException {
        Map<String, String> listed = new LinkedHashMap<>();
        Matcher rows = ROW.matcher(Files.readString(PAGE, UTF_8));
        while (rows.find()) {
            assertThat(listed.put(rows.group(1), rows.group(2)))
                    .as("a second row for %s", rows.group(1))
                    .isNull();
        }

        assertThat(listed).containsExactlyEntriesOf(bounds());
    }

    @Test
    void saysWhatOnePeerAndAllPeersMayCost() throws IOException {
        Limits.Handshake bounds = Limits.defaults().handshake();
        int all = bounds.peersMax() * bounds.bytesPerPeerMax();

        assertThat(Files.readString(PAGE, UTF_8))
                .contains("at most " + bytes(bounds.bytesPerPeerMax()) + "\n")
                .contains(
                        "at most " + bounds.peersMax() + " × " + bytes(bounds.bytesPerPeerMax()) + " = " + bytes(all));
    }

    /** Each bound as the page prints it, in the order of the code. */
    private static Map<String, String> bounds() throws ReflectiveOperationException {
        Map<String, String> bounds = new LinkedHashMap<>();
        for (RecordComponent group : Limits.class.getRecordComponents()) {
            Object values = group.getAccessor().invoke(Limits.defaults());
            for (RecordComponent bound : group.getType().getRecordComponents()) {
                String printed = print(bound.getName(), bound.getAccessor().invoke(values));
                bounds.put(group.getName() + "." + bound.getName(), printed);
            }
        }
        return bounds;
    }

    private static String print(String name, Object value) {
        if (value instanceof Duration wait) {
            return wait.toMillis() % 1000 == 0 ? wait.toSeconds() + " s" : wait.toMillis() + " ms";
        }
        long number = ((Number) value).longValue();
        return name.toLowerCase(Locale.ROOT).contains("bytes") ? bytes(number) : Long.toString(number);
    }

    private static String bytes(long count) {
        if (count % (1 << 20) == 0) {
            return (count >> 20) + " MiB";
        }
        return count % (1 << 10) == 0 ? (count >> 10) + " KiB" : count + " bytes";
    }
}
