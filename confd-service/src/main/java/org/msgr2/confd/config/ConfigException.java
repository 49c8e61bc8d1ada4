package org.msgr2.confd.config;

/**
 * Bytes that are no usable cluster configuration. The message says what is wrong and where; it never quotes the file,
 * which is full of secrets.
 */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }
}
