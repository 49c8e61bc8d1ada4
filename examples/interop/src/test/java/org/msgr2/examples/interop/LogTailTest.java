package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogTailTest {

    @TempDir
    private Path directory;

    @Test
    void keepsTheLastTwentyLinesThatSaySomething() {
        String log = IntStream.rangeClosed(1, 50)
                .mapToObj(i -> "line " + i + "\n\nasok(0x1) AdminSocket: request '[status]' not defined\n")
                .collect(Collectors.joining());

        assertThat(LogTail.of(log).lines()).hasSize(20).startsWith("line 31").endsWith("line 50");
    }

    @Test
    void readsOnlyTheEndOfAFile() throws IOException {
        Path log = Files.writeString(directory.resolve("mon.a.log"), "x".repeat(1 << 20) + "\nthe end\n");

        assertThat(LogTail.of(log)).endsWith("\nthe end").hasSizeLessThanOrEqualTo(16 * 1024);
    }

    @Test
    void aMissingFileIsSaidAndNotThrown() {
        assertThat(LogTail.of(directory.resolve("none.log"))).startsWith("(no log: ");
    }
}
