package org.msgr2.examples.msgr;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.msgr2.core.address.EntityName;
import org.msgr2.crypto.key.Keyring;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code msgr keyring import}: one keyring's entities into another, all of them or none. */
@Command(
        name = "import",
        description = {
            "Adds the entities of FROM to INTO, which is created if it is missing and is its owner's only (0600).",
            "An entity that both have must be the same in both, else nothing is changed unless --replace is given."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  msgr keyring import all.keyring my.keyring",
            "  msgr keyring import all.keyring newer.keyring --replace"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class KeyringImportCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "INTO", description = "The keyring that is changed.")
    private Path into;

    @Parameters(index = "1", paramLabel = "FROM", description = "The keyring that is read.")
    private Path from;

    @Option(names = "--replace", description = "Entities that differ become those of FROM.")
    private boolean replace;

    KeyringImportCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Failure {
        Keyring added = KeyringFiles.read(from);
        Keyring keyring = KeyringFiles.readIfThere(into);
        List<EntityName> changed = new ArrayList<>();
        List<EntityName> conflicts = new ArrayList<>();
        for (Map.Entry<EntityName, Keyring.Entry> entity : added.entries().entrySet()) {
            Keyring.Entry before = keyring.entries().get(entity.getKey());
            if (before != null && before.equals(entity.getValue())) {
                continue;
            }
            if (before != null) {
                conflicts.add(entity.getKey());
            }
            changed.add(entity.getKey());
            keyring = keyring.with(
                    entity.getKey(), entity.getValue().key(), entity.getValue().caps());
        }
        if (!conflicts.isEmpty() && !replace) {
            throw Failure.of(into + " and " + from + " differ in " + names(conflicts)
                    + "; nothing was changed; give --replace to take those of " + from);
        }
        if (changed.isEmpty()) {
            terminal.line("%s", into + " has all of " + from + " already");
        } else {
            KeyringFiles.write(into, keyring);
            terminal.line("%s", "imported " + names(changed) + " into " + into);
        }
        return Msgr.DONE;
    }

    private static String names(List<EntityName> names) {
        return names.stream().map(EntityName::toString).collect(Collectors.joining(", "));
    }
}
