package org.msgr2.examples.msgr;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.msgr2.core.address.EntityName;
import org.msgr2.crypto.key.Keyring;
import org.msgr2.crypto.key.KeyringException;
import org.msgr2.crypto.key.KeyringFile;

/** Keyrings on disk, with the user's words for what is wrong with them. */
final class KeyringFiles {
    private KeyringFiles() {}

    static Keyring read(Path file) throws Failure {
        try {
            return KeyringFile.read(file);
        } catch (KeyringException e) {
            throw Failure.of(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw Failure.of("cannot read the keyring " + file + ": " + Faults.file(e), e);
        }
    }

    /** An empty one if there is no such file. */
    static Keyring readIfThere(Path file) throws Failure {
        return Files.exists(file) ? read(file) : Keyring.EMPTY;
    }

    static void write(Path file, Keyring keyring) throws Failure {
        try {
            KeyringFile.write(file, keyring);
        } catch (IOException e) {
            throw Failure.of("cannot write the keyring " + file + ": " + Faults.file(e), e);
        }
    }

    /** What to say if an entity is not there: who is. */
    static Failure without(EntityName name, Path file, Keyring keyring) {
        String there =
                keyring.entries().keySet().stream().map(EntityName::toString).collect(Collectors.joining(", "));
        return Failure.of(file + " has no key of " + name + ": it "
                + (there.isEmpty() ? "is empty" : "has " + there + "; choose another with --name"));
    }
}
