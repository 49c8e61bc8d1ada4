package org.msgr2.confd.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A place in the configuration, as a JSON pointer (RFC 6901): "/cluster/tags/0"; "" is the whole. Immutable.
 *
 * @param steps the names and array positions on the way, unescaped
 */
public record ConfigPath(List<String> steps) {
    public ConfigPath {
        steps = List.copyOf(steps);
    }

    /** The path that a text stands for; null if it is no JSON pointer. */
    public static @Nullable ConfigPath parse(String text) {
        if (text.isEmpty()) {
            return new ConfigPath(List.of());
        }
        if (text.charAt(0) != '/') {
            return null;
        }
        List<String> steps = new ArrayList<>();
        for (String step : text.substring(1).split("/", -1)) {
            if (step.matches(".*~([^01].*|$)")) {
                return null;
            }
            steps.add(step.replace("~1", "/").replace("~0", "~"));
        }
        return new ConfigPath(steps);
    }

    /** The same place with one more step. */
    public ConfigPath child(String step) {
        List<String> longer = new ArrayList<>(steps);
        longer.add(step);
        return new ConfigPath(longer);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        steps.forEach(step -> text.append('/').append(step.replace("~", "~0").replace("/", "~1")));
        return text.toString();
    }
}
