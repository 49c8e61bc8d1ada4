package org.msgr2.examples.hello;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Programs in the documents are programs that compile and are tested. */
class PagesTest {
    /** Set by Surefire; where an IDE does not, the working directory is the module's. */
    private static final Path MODULE = Path.of(System.getProperty("basedir", ""));

    private static final Path ROOT = MODULE.resolve("../..");
    private static final String PACKAGE = "java/org/msgr2/examples/hello/";

    private static final Pattern JAVA_BLOCK =
            Pattern.compile("^```java\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    private static List<String> javaBlocks(String page) throws IOException {
        List<String> blocks = JAVA_BLOCK
                .matcher(Files.readString(ROOT.resolve(page), UTF_8))
                .results()
                .map(match -> match.group(1))
                .toList();
        assertThat(blocks).as(page).isNotEmpty();
        return blocks;
    }

    @Test
    void theReadmeQuotesHelloVerbatim() throws IOException {
        String hello = Files.readString(MODULE.resolve("src/main/" + PACKAGE + "Hello.java"), UTF_8);

        assertThat(javaBlocks("README.md")).containsExactly(hello);
    }

    @Test
    void theGuideQuotesWhatIsTested() throws IOException {
        assertQuotes("docs/guide/embedding.md", "GuideTest");
        assertQuotes("docs/guide/services.md", "ServicesGuideTest");
        assertQuotes("docs/guide/calls.md", "CallsGuideTest");
        assertQuotes("docs/guide/tls.md", "TlsGuideTest");
        assertQuotes("docs/guide/monitors.md", "MonitorsGuideTest");
    }

    private static void assertQuotes(String page, String test) throws IOException {
        String tested = unindented(Files.readString(MODULE.resolve("src/test/" + PACKAGE + test + ".java"), UTF_8));

        assertThat(javaBlocks(page)).allSatisfy(block -> assertThat(tested).contains(unindented(block)));
    }

    @Test
    void everyFactThatIsCitedHasItsSource() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/provenance.md"), UTF_8);
        String[] tables = page.split("\n### Observed ", 2);
        assertThat(tables).as("the tables of the two documents").hasSize(2);

        assertThat(cited("spec/msgr2 "))
                .isNotEmpty()
                .allSatisfy(section -> assertThat(tables[0]).contains("\n| " + section + " |"));
        assertThat(cited("spec/msgr2-observed "))
                .isNotEmpty()
                .allSatisfy(section -> assertThat(tables[1]).contains("\n| " + section + " |"));
    }

    /** The section numbers behind {@code document} in all sources: {@code §5.3}, {@code §5.3, §5.4}, {@code §5.2-5.4}. */
    private static Set<String> cited(String document) throws IOException {
        Pattern citation =
                Pattern.compile(Pattern.quote(document) + "(§[0-9.]*[0-9](?:(?:, §| and §|-)[0-9.]*[0-9])*)");
        Set<String> sections = new TreeSet<>();
        for (String module : List.of("messenger-core", "messenger-crypto", "messenger-session")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src"))) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    citation.matcher(Files.readString(file, UTF_8))
                            .results()
                            .flatMap(match -> Pattern.compile("[0-9.]*[0-9]")
                                    .matcher(match.group(1))
                                    .results())
                            .forEach(number -> sections.add(number.group()));
                }
            }
        }
        return sections;
    }

    /** Indentation is the page's business: a block there stands alone. */
    private static String unindented(String code) {
        return code.lines().map(String::strip).reduce("", (all, line) -> all + line + "\n");
    }
}
