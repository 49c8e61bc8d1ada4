package org.msgr2.session.accept;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page about incoming connections has the tables that the rules are made of. */
class AcceptingPageTest {
    private static final Path PAGE =
            Path.of(System.getProperty("basedir", "")).resolve("../docs/promises/accepting.md");

    @Test
    void hasTheTablesOfTheRules() throws IOException {
        String page = Files.readString(PAGE, UTF_8);
        assertThat(page).contains(table("IDENT_")).contains(table("RECONNECT_"));
    }

    private static String table(String kind) {
        return Arrays.stream(AcceptRule.values())
                .filter(rule -> rule.name().startsWith(kind))
                .map(rule -> "| " + rule.source() + " | " + rule.condition() + " | "
                        + rule.action().description() + " |\n")
                .collect(Collectors.joining("", "| source | if | then |\n|---|---|---|\n", "\n"));
    }
}
