package org.msgr2.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.msgr2.crypto.auth.cephx.FailedLogins;
import org.msgr2.session.mon.FailedLoginMeters;
import org.msgr2.session.mon.RefusedLoginLog;
import org.msgr2.session.service.EchoService;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.TestNetwork;

/** The page that lists the meters says what is registered: no more, no less. */
class MetricsPageTest extends NetworkTestBase<TestNetwork.Virtual> {
    private static final Path PAGE = Path.of(System.getProperty("basedir", "")).resolve("../docs/guide/metrics.md");

    /** {@code | `msgr2.recv.bytes` | counter | bytes | | what |}, and one more column of Ceph's names. */
    private static final Pattern METER =
            Pattern.compile("^(\\| `msgr2\\.[a-z0-9.]+` \\|[^|]*\\|[^|]*\\|[^|]*\\|[^|]*\\|)", Pattern.MULTILINE);

    private static final Pattern VALUES = Pattern.compile("^(\\| `[a-z]+` of `msgr2\\..*\\|)$", Pattern.MULTILINE);

    /** Whose values are names of our own. */
    private static final Set<String> OWN = Set.of("entity", "service", "method");

    @Override
    protected TestNetwork.Virtual newNetwork() {
        return TestNetwork.virtual();
    }

    private Collection<Meter> meters() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        start(messenger("mon.a").meters(registry).service(new EchoService()));
        FailedLogins failed =
                new FailedLogins(1, Duration.ofSeconds(1), InstantSource.system(), bytes -> {}, new RefusedLoginLog());
        new FailedLoginMeters(failed).bindTo(registry);
        return registry.getMeters();
    }

    private static Set<String> found(Pattern rows) throws IOException {
        return rows.matcher(Files.readString(PAGE, UTF_8))
                .results()
                .map(row -> row.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void listsEveryMeterAndNoOther() throws IOException {
        assertThat(String.join("\n", found(METER)))
                .isEqualTo(
                        meters().stream()
                                .map(MetricsPageTest::row)
                                .collect(Collectors.toCollection(TreeSet::new))
                                .stream()
                                .collect(Collectors.joining("\n")));
    }

    private static String row(Meter meter) {
        Meter.Id id = meter.getId();
        String type =
                id.getType() == Meter.Type.OTHER ? "timer" : id.getType().name().toLowerCase(Locale.ROOT);
        String unit = id.getBaseUnit() == null ? "seconds" : id.getBaseUnit();
        String tags = id.getTags().stream()
                .map(Tag::getKey)
                .filter(key -> !key.equals("entity"))
                .map(key -> " `" + key + "`")
                .collect(Collectors.joining(","));
        return "| `" + id.getName() + "` | " + type + " | " + unit + " |" + tags + " | " + id.getDescription() + " |";
    }

    @Test
    void listsEveryValueOfATag() throws IOException {
        Map<String, Set<String>> values = new TreeMap<>();
        for (Meter meter : meters()) {
            for (Tag tag : meter.getId().getTags()) {
                if (!OWN.contains(tag.getKey())) {
                    String where = "`" + tag.getKey() + "` of `" + meter.getId().getName() + "`";
                    values.computeIfAbsent(where, key -> new TreeSet<>()).add("`" + tag.getValue() + "`");
                }
            }
        }

        assertThat(String.join("\n", found(VALUES)))
                .isEqualTo(values.entrySet().stream()
                        .map(entry -> "| " + entry.getKey() + " | " + String.join(", ", entry.getValue()) + " |")
                        .sorted()
                        .collect(Collectors.joining("\n")));
    }

    @Test
    void namesAreLowerCaseWithDots() {
        assertThat(meters())
                .isNotEmpty()
                .allSatisfy(meter -> assertThat(meter.getId().getName()).matches("msgr2(\\.[a-z]+)+"));
    }
}
