package org.msgr2.confd.luxi.fault;

/** The exception classes that clients raise again at their end (spec/confd §7). */
public enum ErrorClass {
    /** What was asked for does not exist or may not be asked so. */
    PREREQUISITE("OpPrereqError"),
    /** A filter does not fit the fields. */
    PARAMETER("ParameterError"),
    /** There is no valid configuration. */
    CONFIGURATION("ConfigurationError"),
    /** Everything else. */
    GENERIC("GenericError");

    private final String wireName;

    ErrorClass(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }
}
