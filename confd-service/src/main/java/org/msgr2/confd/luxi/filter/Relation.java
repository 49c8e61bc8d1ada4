package org.msgr2.confd.luxi.filter;

import org.jspecify.annotations.Nullable;

/** The comparisons of the filter language. */
public enum Relation {
    EQUAL,
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL;

    /** Whether an order, as comparators give it, is such that this holds. */
    public boolean holds(int order) {
        return switch (this) {
            case EQUAL -> order == 0;
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
            case GREATER -> order > 0;
            case GREATER_OR_EQUAL -> order >= 0;
        };
    }

    /** "==" is not in the spec and was observed on 3.0.2. */
    static @Nullable Relation of(String operator) {
        return switch (operator) {
            case "=", "==" -> EQUAL;
            case "<" -> LESS;
            case "<=" -> LESS_OR_EQUAL;
            case ">" -> GREATER;
            case ">=" -> GREATER_OR_EQUAL;
            default -> null;
        };
    }
}
