package org.msgr2.session;

/**
 * How a service is.
 *
 * @param healthy whether it does its work
 * @param reason for people; says why not, if it does not
 */
public record Health(boolean healthy, String reason) {
    public static final Health OK = new Health(true, "ok");

    public static Health failing(String reason) {
        return new Health(false, reason);
    }
}
