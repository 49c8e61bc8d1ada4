package org.msgr2.session.rpc;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a caller says about one call. Immutable.
 *
 * @param within the time it may take, which the callee is told; null for the default: {@code Limits.Calls.deadline} with one
 *     answer, none for streams
 * @param metadata goes with the request: for interceptors, for what is not the request itself; never a secret
 * @param windowItems items of the callee's that may be under way or wait to be read; 0 for {@code Limits.Calls.windowItems}
 */
public record CallOptions(@Nullable Duration within, Map<String, String> metadata, int windowItems) {
    public static final CallOptions DEFAULT = new CallOptions(null, Map.of(), 0);

    public CallOptions {
        metadata = Map.copyOf(metadata);
        if (windowItems < 0) {
            throw new IllegalArgumentException("windowItems must not be negative: " + windowItems);
        }
    }

    /** With such a deadline, and defaults. */
    public static CallOptions within(Duration time) {
        return DEFAULT.withDeadline(time);
    }

    /** For a call that is made to answer another: it may take what is left of that one's time. */
    public static CallOptions onBehalfOf(CallContext call) {
        Duration left = call.remaining();
        return left == null ? DEFAULT : within(left);
    }

    public CallOptions withDeadline(Duration time) {
        return new CallOptions(time, metadata, windowItems);
    }

    public CallOptions withMetadata(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(metadata);
        more.put(name, value);
        return new CallOptions(within, more, windowItems);
    }

    public CallOptions withWindow(int items) {
        return new CallOptions(within, metadata, items);
    }
}
