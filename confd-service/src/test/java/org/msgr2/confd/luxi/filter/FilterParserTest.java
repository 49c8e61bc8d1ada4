package org.msgr2.confd.luxi.filter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.confd.luxi.fault.BadValueException;
import org.msgr2.confd.luxi.json.LuxiJson;

class FilterParserTest {
    private static Filter parse(String json) throws BadValueException {
        return parse(json, FilterLimits.DEFAULT);
    }

    private static Filter parse(String json, FilterLimits limits) throws BadValueException {
        try {
            return FilterParser.parse(LuxiJson.read(json.getBytes(UTF_8)), limits);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void readsNestedFilters() throws BadValueException {
        assertThat(parse("[\"&\",[\"?\",\"a\"],[\"!\",[\"|\",[\"<\",\"b\",1],[\"=[]\",\"c\",\"x\"]]]]"))
                .isInstanceOf(Filter.All.class)
                .asString()
                .contains("Truth[field=a]", "relation=LESS", "Contains[field=c");
    }

    @Test
    void takesInequalityForTheNegationOfEquality() throws BadValueException {
        assertThat(parse("[\"!=\",\"a\",1]")).isEqualTo(new Filter.Not(parse("[\"=\",\"a\",1]")));
    }

    @Test
    void refusesWhatIsNestedTooDeep() throws BadValueException {
        FilterLimits limits = new FilterLimits(3, 100, 100);
        assertThat(parse("[\"!\",[\"!\",[\"?\",\"a\"]]]", limits)).isInstanceOf(Filter.Not.class);
        assertThatThrownBy(() -> parse("[\"!\",[\"!\",[\"!\",[\"?\",\"a\"]]]]", limits))
                .isInstanceOf(BadValueException.class)
                .hasMessage("The filter is nested deeper than 3");
    }

    @Test
    void refusesTooManyTerms() throws BadValueException {
        FilterLimits limits = new FilterLimits(3, 3, 100);
        assertThat(parse("[\"|\",[\"?\",\"a\"],[\"?\",\"b\"]]", limits)).isInstanceOf(Filter.Any.class);
        assertThatThrownBy(() -> parse("[\"|\",[\"?\",\"a\"],[\"?\",\"b\"],[\"?\",\"c\"]]", limits))
                .isInstanceOf(BadValueException.class)
                .hasMessage("The filter has more than 3 terms");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(((a{99}){99}){99}){99}", "(a{1,1000}){1,1000}", "(?:(?:x{0,99}y){99}z){3,}{999}"})
    void refusesRegularExpressionsThatUnrollToMillionsOfStates(String expression) {
        assertThatThrownBy(() -> parse("[\"=~\",\"name\",\"" + expression + "\"]"))
                .isInstanceOf(BadValueException.class)
                .hasMessageContaining("too large");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(a*)*b", "^(a|a)*$", "(a+)+$", "^(([a-z])+.)+[A-Z]([a-z])+$"})
    void matchesInLinearTimeWhatMakesBacktrackersHang(String expression) throws BadValueException {
        Filter.Matches matches = (Filter.Matches) parse("[\"=~\",\"name\",\"" + expression + "\"]");
        // 2^5000 steps for a backtracker; this returns
        assertThat(matches.pattern().matcher("a".repeat(5_000) + "!").find()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"(?=a)", "(a)\\\\1", "(?<!x)y", "*", "[z-a]"})
    void refusesWhatNeedsBacktrackingOrIsWrong(String expression) {
        assertThatThrownBy(() -> parse("[\"=~\",\"name\",\"" + expression + "\"]"))
                .isInstanceOf(BadValueException.class)
                .hasMessageStartingWith("(");
    }

    @Test
    void takesHugeNumbersWithoutWritingThemOut() throws BadValueException {
        assertThatThrownBy(() -> parse("[\"=\",\"a\",1e-99999]"))
                .isInstanceOf(BadValueException.class)
                .hasMessageEndingWith("1E-99999");
        assertThat(parse("[\"=\",\"a\",1e99999]").toString()).hasSizeLessThan(100);
    }
}
