package org.msgr2.examples.msgr;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;
import org.msgr2.crypto.key.Keyring;
import org.msgr2.crypto.key.KeyringException;
import org.msgr2.crypto.key.KeyringFile;

/**
 * The keys that a node lets peers log in with, and its own among them.
 *
 * @param file where they are
 * @param own the node's key
 */
record NodeKeyring(Path file, Keyring keys, CryptoKey own) {
    static final EntityName ADMIN = EntityName.parse("client.admin");

    /** Under this name Ceph's monitors share a key. */
    private static final EntityName MONITORS = new EntityName(EntityType.MON, "");

    private static final String ALL = "allow *";

    /** Ceph's services, and ours (architecture §6). */
    private static final Map<String, String> ADMIN_CAPS =
            Map.of("mon", ALL, "mgr", ALL, "osd", ALL, "mds", ALL, "confd", ALL, "cld", ALL, "ctl", ALL);

    static NodeKeyring read(Path file, EntityName node) throws Failure {
        Keyring keys;
        try {
            keys = KeyringFile.read(file);
        } catch (KeyringException e) {
            throw Failure.of("cannot use the keyring " + e.getMessage(), e);
        } catch (IOException e) {
            throw Failure.of("cannot read the keyring " + file + ": " + Faults.file(e), e);
        }
        CryptoKey own = keys.find(node)
                .or(() -> keys.find(MONITORS))
                .orElseThrow(() -> Failure.of("the keyring " + file + " has no key for " + node + ", only for "
                        + keys.entries().keySet() + "; give one of these with --name, or another --keyring"))
                .key();
        return new NodeKeyring(file, keys, own);
    }

    /** Reads the file, or makes it with a key for the node and one for {@link #ADMIN}. */
    static NodeKeyring readOrMake(Path file, EntityName node, Entropy entropy) throws Failure {
        if (!Files.exists(file)) {
            try {
                // Keys of type aes: those of the other type cannot be read by Ceph before 19.2.6, not even beside
                // others.
                KeyringFile.write(
                        file,
                        Keyring.EMPTY
                                .with(node, newKey(entropy), Map.of("mon", ALL))
                                .with(ADMIN, newKey(entropy), new TreeMap<>(ADMIN_CAPS)));
            } catch (IOException e) {
                throw Failure.of("cannot write the keyring " + file + ": " + Faults.file(e), e);
            }
        }
        return read(file, node);
    }

    private static CryptoKey newKey(Entropy entropy) {
        return CryptoKey.generate(KeyType.AES, new UTime(Instant.now().getEpochSecond(), 0), entropy);
    }

    boolean hasAdmin() {
        return keys.find(ADMIN).isPresent();
    }
}
