package org.msgr2.examples.interop;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A way in which our answers differ from those of ganeti-confd 3.0.2, on purpose. The reasons are in {@code
 * docs/guide/confd.md}, which has a row for each. Nothing else may differ.
 */
enum ConfdDifference {
    /** Field numbers as strings are answered, too. */
    FIELD_NUMBERS_AS_STRINGS(c -> c.real() == null && c.ours() != null && Shape.hasFieldAsString(c.question())),
    /** A number that is no integer is no number of a type or field. */
    FRACTIONAL_NUMBER(c -> c.ours() == null && c.real() != null && Shape.hasFraction(c.question())),
    /** A key that is there twice makes the request invalid. */
    DUPLICATE_KEY(c -> c.ours() == null && c.real() != null && c.question().hasDuplicateKey()),
    /** The salt is read as decimal digits only. */
    SALT_FORM(c -> c.ours() == null && c.real() != null && !c.question().salt().matches("-?[0-9]+")),
    /** The master is the master by whatever name it is asked for. */
    MASTER_BY_ANY_NAME(c -> c.question().type() == 1
            && c.sameButAnswer()
            && c.ours().status() == 0
            && c.ours().answer().asInt(-1) == 0),
    /** A message may begin with white space. */
    LEADING_BLANKS(
            c -> c.real() == null && c.ours() != null && c.question().message().startsWith(" ")),
    /** A path that is no JSON pointer points nowhere. */
    NOT_A_POINTER(c -> c.question().type() == 10
            && c.ours() != null
            && c.ours().status() == 1
            && Shape.NOT_A_POINTER
                    .matcher(c.question().member("query").asText())
                    .find()),
    /** Letters beyond ASCII are understood, and answered with a signature that is right. */
    NOT_ASCII(c -> (c.real() == null || !c.real().verifies())
            && c.ours() != null
            && c.ours().verifies()
            && Stream.of(c.question().message(), c.ours().answer().toString())
                    .anyMatch(text -> !StandardCharsets.US_ASCII.newEncoder().canEncode(text)));

    @SuppressWarnings("ImmutableEnumChecker") // none of them captures anything
    private final Predicate<ConfdComparison> explains;

    ConfdDifference(Predicate<ConfdComparison> explains) {
        this.explains = explains;
    }

    /** Which of them makes both answers differ, if any does. */
    static Optional<ConfdDifference> of(ConfdComparison comparison) {
        return Stream.of(values())
                .filter(difference -> difference.explains.test(comparison))
                .findFirst();
    }

    /** What to look for in questions and answers. */
    private static final class Shape {
        /** Steps at which the real one stops reading, and an index with leading zeros or more than digits. */
        static final Pattern NOT_A_POINTER = Pattern.compile("/(/|~(?![01])|0[0-9]|[0-9]+[^0-9/]|[0-9]{19})");

        private Shape() {}

        static boolean hasFieldAsString(ConfdQuestion question) {
            return elements(question.member("query").path("3")).anyMatch(JsonNode::isTextual);
        }

        static boolean hasFraction(ConfdQuestion question) {
            return Stream.concat(
                            Stream.of(question.member("type"), question.member("protocol")),
                            elements(question.member("query").path("3")))
                    .filter(JsonNode::isNumber)
                    .anyMatch(
                            number -> number.decimalValue().stripTrailingZeros().scale() > 0);
        }

        private static Stream<JsonNode> elements(JsonNode node) {
            return StreamSupport.stream(node.spliterator(), false);
        }
    }
}
