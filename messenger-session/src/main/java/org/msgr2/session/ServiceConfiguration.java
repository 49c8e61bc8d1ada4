package org.msgr2.session;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * A service's configuration: keys and texts, read as what they are meant to be. A value that is not throws an {@link
 * IllegalArgumentException} that names service, key and value; thrown on from {@link Service#start}, it tells the user.
 * Immutable.
 *
 * @param service whose
 * @param values by key. Not a place for secrets: a value that is wrong is shown
 */
public record ServiceConfiguration(String service, Map<String, String> values) {

    public ServiceConfiguration {
        values = Map.copyOf(values);
    }

    /** @throws IllegalArgumentException if there is a key that is none of these: most likely a slip */
    public void requireKnown(Collection<String> keys) {
        for (String key : new TreeSet<>(values.keySet())) {
            if (!keys.contains(key)) {
                throw new IllegalArgumentException(
                        "service '" + service + "' has no setting '" + key + "', only " + new TreeSet<>(keys));
            }
        }
    }

    /** @throws IllegalArgumentException if it is missing */
    public String text(String key) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException("service '" + service + "' needs the setting '" + key + "'");
        }
        return value;
    }

    public String text(String key, String otherwise) {
        return values.getOrDefault(key, otherwise);
    }

    public long number(String key, long otherwise, long min, long max) {
        return parsed(key, otherwise, min + " to " + max, text -> {
            long number = Long.parseLong(text);
            if (number < min || number > max) {
                throw new IllegalArgumentException("out of range");
            }
            return number;
        });
    }

    /** {@code true} or {@code false}. */
    public boolean flag(String key, boolean otherwise) {
        return parsed(key, otherwise, "true or false", text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("neither");
        });
    }

    /** In ISO 8601, as {@code PT10S}; not negative. */
    public Duration duration(String key, Duration otherwise) {
        return parsed(key, otherwise, "a duration such as PT10S", text -> {
            try {
                Duration value = Duration.parse(text);
                if (value.isNegative()) {
                    throw new IllegalArgumentException("negative");
                }
                return value;
            } catch (java.time.DateTimeException e) {
                throw new IllegalArgumentException("no duration", e);
            }
        });
    }

    private <T> T parsed(String key, T otherwise, String expected, Function<String, T> parser) {
        String value = values.get(key);
        if (value == null) {
            return otherwise;
        }
        try {
            return parser.apply(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "service '" + service + "': " + key + " must be " + expected + ": '" + value + "'", e);
        }
    }
}
