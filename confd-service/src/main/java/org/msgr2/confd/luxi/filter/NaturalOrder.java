package org.msgr2.confd.luxi.filter;

import java.util.Comparator;

/**
 * The order of names in answers: runs of digits compare as numbers and come before everything else, the rest by code
 * points. {@code a01}, {@code a1} and {@code a001} are equal, so a stable sort leaves them in the order of their keys
 * (spec/confd §7; observed on 3.0.2).
 */
public final class NaturalOrder implements Comparator<String> {
    public static final NaturalOrder INSTANCE = new NaturalOrder();

    private NaturalOrder() {}

    @Override
    public int compare(String left, String right) {
        int i = 0;
        int j = 0;
        while (i < left.length() && j < right.length()) {
            boolean number = isDigit(left.charAt(i));
            if (number != isDigit(right.charAt(j))) {
                return number ? -1 : 1;
            }
            int endI = endOfRun(left, i);
            int endJ = endOfRun(right, j);
            int order =
                    number ? compareNumbers(left, i, endI, right, j, endJ) : compareText(left, i, endI, right, j, endJ);
            if (order != 0) {
                return order;
            }
            i = endI;
            j = endJ;
        }
        return Integer.compare(left.length() - i, right.length() - j);
    }

    private static int endOfRun(String text, int start) {
        boolean digits = isDigit(text.charAt(start));
        int end = start + 1;
        while (end < text.length() && isDigit(text.charAt(end)) == digits) {
            end++;
        }
        return end;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static int compareNumbers(String left, int start, int end, String right, int otherStart, int otherEnd) {
        int i = skipZeros(left, start, end);
        int j = skipZeros(right, otherStart, otherEnd);
        int order = Integer.compare(end - i, otherEnd - j);
        return order != 0 ? order : compareText(left, i, end, right, j, otherEnd);
    }

    private static int skipZeros(String digits, int start, int end) {
        int at = start;
        while (at < end && digits.charAt(at) == '0') {
            at++;
        }
        return at;
    }

    /** By code points, so that the order is also that of UTF-8 bytes. */
    public static int compareText(String a, String b) {
        return compareText(a, 0, a.length(), b, 0, b.length());
    }

    private static int compareText(String a, int start, int end, String b, int otherStart, int otherEnd) {
        int common = Math.min(end - start, otherEnd - otherStart);
        for (int i = 0; i < common; i++) {
            if (a.charAt(start + i) != b.charAt(otherStart + i)) {
                return Integer.compare(a.codePointAt(start + i), b.codePointAt(otherStart + i));
            }
        }
        return Integer.compare(end - start, otherEnd - otherStart);
    }
}
