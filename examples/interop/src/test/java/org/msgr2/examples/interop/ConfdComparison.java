package org.msgr2.examples.interop;

import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the real confd and ours answered to the same question.
 *
 * @param question what both were asked
 * @param real the real one's answer, null for silence
 * @param ours our answer, null for silence
 */
record ConfdComparison(
        ConfdQuestion question,
        @Nullable ConfdAnswer real,
        @Nullable ConfdAnswer ours) {

    /** Whether both said the same: equal as JSON, and where both refuse in words, in any words. */
    boolean agree() {
        if (real == null || ours == null) {
            return real == null && ours == null;
        }
        return sameButAnswer()
                && (both(ConfdAnswer::refusesInWords) || difference().isEmpty());
    }

    /** Whether both answered, with the same status and serial, and signed alike. */
    boolean sameButAnswer() {
        return real != null
                && ours != null
                && real.verifies() == ours.verifies()
                && real.status() == ours.status()
                && real.serial() == ours.serial();
    }

    private boolean both(Predicate<ConfdAnswer> holds) {
        return holds.test(Objects.requireNonNull(real)) && holds.test(Objects.requireNonNull(ours));
    }

    @Override
    public String toString() {
        return "%s%n    real: %s%n    ours: %s%n    first difference: %s"
                .formatted(
                        question,
                        shortened(real),
                        shortened(ours),
                        difference().map(Object::toString).orElse("none in the answer"));
    }

    /** Of the answers alone, where there are two. */
    private Optional<JsonDifference> difference() {
        if (real == null || ours == null) {
            return Optional.empty();
        }
        return JsonDifference.first(real.answer(), ours.answer());
    }

    private static String shortened(@Nullable ConfdAnswer answer) {
        String text = answer == null ? "silence" : answer.toString();
        return text.length() <= 400 ? text : text.substring(0, 400) + "...";
    }
}
