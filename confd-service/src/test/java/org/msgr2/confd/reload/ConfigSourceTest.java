package org.msgr2.confd.reload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.msgr2.confd.Vectors;
import org.msgr2.confd.config.ConfigState;

/** With real files: what the system reports, and what the real daemon gets wrong (spec/confd §5). */
class ConfigSourceTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String SMALL = new String(Vectors.bytes("config-small.data"), UTF_8);

    @TempDir
    Path directory;

    private Path file;
    private ConfigSource source;

    @BeforeEach
    void writeFile() throws Exception {
        file = directory.resolve("config.data");
        write(99);
    }

    @AfterEach
    void close() {
        if (source != null) {
            source.close();
        }
    }

    /** The file with a top-level serial number of two digits, written in place. */
    private void write(int serial) throws Exception {
        Files.writeString(file, content(serial));
    }

    private static String content(int serial) {
        return SMALL.replace("\"serial_no\": 99", "\"serial_no\": " + serial);
    }

    private void replace(String content) throws Exception {
        Path other = directory.resolve("new");
        Files.writeString(other, content);
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private void open(ConfigSource.Options options) {
        source = ConfigSource.open(file, options);
    }

    private long serial() {
        return source.get() instanceof ConfigState.Loaded loaded
                ? loaded.config().serialNo()
                : -1;
    }

    private void awaitSerial(long serial) {
        await().atMost(SOON).pollInterval(Duration.ofMillis(2)).until(() -> serial() == serial);
    }

    @Test
    void isLoadedWhenOpenReturns() {
        open(ConfigSource.Options.DEFAULTS);
        assertThat(serial()).isEqualTo(99);
        assertThat(source.status().loads()).isOne();
        assertThat(source.status().problem()).isNull();
    }

    @Test
    void aFileRenamedOverItIsLoaded() throws Exception {
        open(ConfigSource.Options.DEFAULTS);
        replace(content(98));
        awaitSerial(98);
    }

    @Test
    void writesInPlaceOfEqualLengthWithinOneSecondAreAllSeen() throws Exception {
        open(ConfigSource.Options.DEFAULTS);
        for (int serial = 20; serial < 40; serial++) {
            write(serial);
            // Even if somebody sets the time back to the same second.
            Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_700_000_000)));
            awaitSerial(serial);
        }
    }

    @Test
    void aFileRenamedOverABadOneIsLoadedWithoutDelay() throws Exception {
        open(ConfigSource.Options.DEFAULTS);
        for (int serial = 20; serial < 23; serial++) {
            replace("{ this is bad");
            await().atMost(SOON).until(() -> source.status().problem() != null);
            assertThat(source.get()).isInstanceOf(ConfigState.Unavailable.class);
            long startNs = System.nanoTime();
            replace(content(serial));
            awaitSerial(serial);
            // The real daemon takes 7 to 17 s.
            assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isLessThan(Duration.ofSeconds(5));
            assertThat(source.status().problem()).isNull();
        }
    }

    @Test
    void aFileThatIsMissingAtTheStartIsLoadedWhenItComes() throws Exception {
        Files.delete(file);
        open(ConfigSource.Options.DEFAULTS);
        assertThat(source.get()).isInstanceOf(ConfigState.Unavailable.class);
        assertThat(source.status().problem()).contains(file.toString()).contains("no such file");
        write(42);
        awaitSerial(42);
    }

    @Test
    void aDirectoryThatComesLaterIsFoundToo() throws Exception {
        Path late = directory.resolve("late");
        file = late.resolve("config.data");
        open(ConfigSource.Options.DEFAULTS);
        Files.createDirectory(late);
        write(43);
        awaitSerial(43);
        write(44);
        awaitSerial(44);
    }

    @Test
    void keepAnswersFromTheLastGoodFile() throws Exception {
        open(ConfigSource.Options.DEFAULTS.withOnBad(OnBad.KEEP));
        Files.delete(file);
        await().atMost(SOON).until(() -> source.status().problem() != null);
        assertThat(serial()).isEqualTo(99);
    }

    @Test
    void theFormerContentComesBackToo() throws Exception {
        open(ConfigSource.Options.DEFAULTS);
        replace("");
        await().atMost(SOON).until(() -> serial() == -1);
        replace(SMALL);
        awaitSerial(99);
    }

    @Test
    void aHugeFileIsRefusedUnreadAndSaysWhy() throws Exception {
        open(new ConfigSource.Options(OnBad.ERROR, 20_000, ReloadTiming.DEFAULTS));
        assertThat(serial()).isEqualTo(99);
        Files.writeString(file, " ".repeat(10_000), StandardOpenOption.APPEND);
        await().atMost(SOON).until(() -> source.get() instanceof ConfigState.Unavailable);
        assertThat(source.status().problem()).contains("more than the limit of 20000");
    }

    @Test
    void whatIsNoFileIsNotWaitedFor() {
        file = directory;
        open(ConfigSource.Options.DEFAULTS);
        assertThat(source.status().problem()).contains("no regular file");
    }

    @Test
    void listenersHearOfEveryState() throws Exception {
        open(ConfigSource.Options.DEFAULTS);
        var heard = new LinkedBlockingQueue<ConfigState>();
        source.onChange(state -> {
            throw new IllegalStateException("a listener's own trouble");
        });
        source.onChange(heard::add);
        replace(content(77));
        assertThat(heard.poll(10, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        ConfigState.Loaded.class,
                        loaded -> assertThat(loaded.config().serialNo()).isEqualTo(77));
    }
}
