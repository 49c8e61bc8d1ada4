package org.msgr2.examples.hello;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
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
        String tested = unindented(Files.readString(MODULE.resolve("src/test/" + PACKAGE + "GuideTest.java"), UTF_8));

        assertThat(javaBlocks("docs/guide/embedding.md"))
                .allSatisfy(block -> assertThat(tested).contains(unindented(block)));
    }

    /** Indentation is the page's business: a block there stands alone. */
    private static String unindented(String code) {
        return code.lines().map(String::strip).reduce("", (all, line) -> all + line + "\n");
    }
}
