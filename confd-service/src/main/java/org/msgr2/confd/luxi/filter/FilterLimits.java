package org.msgr2.confd.luxi.filter;

/**
 * How large a filter may be.
 *
 * @param depthMax filters inside filters
 * @param termsMax filters altogether; a list of names is a term for each
 * @param patternStepsMax states of a regular expression, estimated as its length times all its repetition counts. A
 *     match takes time in proportion to this times the length of the text, whatever the expression
 */
public record FilterLimits(int depthMax, int termsMax, int patternStepsMax) {
    public static final FilterLimits DEFAULT = new FilterLimits(64, 16_384, 4_096);
}
