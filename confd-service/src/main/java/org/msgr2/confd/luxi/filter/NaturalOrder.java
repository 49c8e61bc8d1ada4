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
            int endI = endOfRun(left, i);
            int endJ = endOfRun(right, j);
            boolean number = isDigit(left.charAt(i));
            if (number != isDigit(right.charAt(j))) {
                return number ? -1 : 1;
            }
            String a = left.substring(i, endI);
            String b = right.substring(j, endJ);
            int order = number ? compareNumbers(a, b) : compareText(a, b);
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

    private static int compareNumbers(String a, String b) {
        String left = withoutLeadingZeros(a);
        String right = withoutLeadingZeros(b);
        int order = Integer.compare(left.length(), right.length());
        return order != 0 ? order : left.compareTo(right);
    }

    private static String withoutLeadingZeros(String digits) {
        int start = 0;
        while (start < digits.length() && digits.charAt(start) == '0') {
            start++;
        }
        return digits.substring(start);
    }

    /** By code points, so that the order is also that of UTF-8 bytes. */
    public static int compareText(String a, String b) {
        int common = Math.min(a.length(), b.length());
        for (int i = 0; i < common; i++) {
            if (a.charAt(i) != b.charAt(i)) {
                return Integer.compare(a.codePointAt(i), b.codePointAt(i));
            }
        }
        return Integer.compare(a.length(), b.length());
    }
}
