package org.msgr2.confd.watch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.config.ConfigPath;
import org.msgr2.confd.config.JsonSlice;

/**
 * The hash of what is below a path: the exclusive or of a hash for each of its parts, so that a change costs as much as what
 * has changed. Meant to tell states apart, not to withstand somebody who may write the configuration. Not thread-safe.
 */
final class ContentHash {
    private static final int LENGTH = 16;

    private static final ObjectMapper CANONICAL =
            JsonMapper.builder().enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED).build();

    private final MessageDigest sha256;
    private final byte[] sum = new byte[LENGTH];

    ContentHash() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JRE has SHA-256", e);
        }
    }

    /** Starts with everything that there is. */
    ContentHash(Map<ConfigPath, JsonSlice> parts) {
        this();
        parts.forEach(this::toggle);
    }

    /** Takes a difference into account. */
    void apply(List<Change> changes) {
        for (Change change : changes) {
            toggle(change.path(), change.before());
            toggle(change.path(), change.after());
        }
    }

    private void toggle(ConfigPath path, @Nullable JsonSlice value) {
        if (value == null) {
            return;
        }
        sha256.update(path.toString().getBytes(StandardCharsets.UTF_8));
        sha256.update((byte) 0);
        byte[] hash = sha256.digest(canonical(value));
        for (int i = 0; i < LENGTH; i++) {
            sum[i] ^= hash[i];
        }
    }

    /** The value in one form, whatever its formatting and the order of its members. */
    static byte[] canonical(JsonSlice value) {
        try {
            return CANONICAL.writeValueAsBytes(value.readTree());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can be written", e);
        }
    }

    String hex() {
        return HexFormat.of().formatHex(sum);
    }
}
