package org.msgr2.examples.interop;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The keys of every entity of a throw-away cluster, in one keyring.
 *
 * <p>The monitors import it when their stores are made, so no key has to be registered later, and every daemon and
 * client reads its own key from the same file. Has no {@code toString}: the text is secret.
 */
final class CephKeyring {

    private static final int TYPE_AES = 1;
    private static final int AES_KEY_BYTES = 16;
    private static final int HEADER_BYTES = Short.BYTES + 2 * Integer.BYTES + Short.BYTES;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final StringBuilder text = new StringBuilder();

    private CephKeyring() {}

    /** Makes a key for each entity that such a cluster has, and the administrator's. */
    static String render(CephSettings settings, Instant now) {
        CephKeyring keyring = new CephKeyring();
        keyring.add("mon.", caps("mon", "allow *"), now);
        keyring.add("client.admin", caps("mon", "allow *", "osd", "allow *", "mds", "allow *", "mgr", "allow *"), now);
        for (int id = 0; id < settings.osds(); id++) {
            keyring.add(
                    "osd." + id, caps("mon", "allow profile osd", "mgr", "allow profile osd", "osd", "allow *"), now);
        }
        if (settings.mgr()) {
            keyring.add(MgrRecipe.NAME, caps("mon", "allow profile mgr", "osd", "allow *", "mds", "allow *"), now);
        }
        if (settings.mds()) {
            keyring.add(
                    MdsRecipe.NAME,
                    caps("mon", "allow profile mds", "mgr", "allow profile mds", "osd", "allow *", "mds", "allow"),
                    now);
        }
        return keyring.text.toString();
    }

    /** A new key as keyrings hold it: base64 of type, creation time, length and the key, little-endian. */
    static String newKey(Instant now) {
        byte[] secret = new byte[AES_KEY_BYTES];
        RANDOM.nextBytes(secret);
        ByteBuffer encoded = ByteBuffer.allocate(HEADER_BYTES + AES_KEY_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) TYPE_AES)
                .putInt((int) now.getEpochSecond())
                .putInt(now.getNano())
                .putShort((short) AES_KEY_BYTES)
                .put(secret);
        return Base64.getEncoder().encodeToString(encoded.array());
    }

    private void add(String entity, Map<String, String> caps, Instant now) {
        text.append('[').append(entity).append("]\n");
        text.append("key = ").append(newKey(now)).append('\n');
        caps.forEach((service, allowed) -> text.append("caps ")
                .append(service)
                .append(" = \"")
                .append(allowed)
                .append("\"\n"));
    }

    private static Map<String, String> caps(String... serviceThenAllowed) {
        Map<String, String> caps = new LinkedHashMap<>();
        for (int i = 0; i < serviceThenAllowed.length; i += 2) {
            caps.put(serviceThenAllowed[i], serviceThenAllowed[i + 1]);
        }
        return caps;
    }
}
