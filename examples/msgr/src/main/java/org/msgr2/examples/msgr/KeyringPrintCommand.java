package org.msgr2.examples.msgr;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.Keyring;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code msgr keyring print}: what is in a keyring. Not the secrets, unless they are asked for by name: a terminal's history
 * and a screen that is shared keep what they have seen.
 */
@Command(
        name = "print",
        description = "Shows whose keys are in a keyring, their types and capabilities; not the keys themselves.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  msgr keyring print my.keyring",
            "  msgr keyring print my.keyring --name client.me --json",
            "  msgr keyring print my.keyring --name client.me --show-secrets"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class KeyringPrintCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "FILE", description = "The keyring.")
    private Path file;

    @Option(names = "--name", paramLabel = "TYPE.ID", description = "Only this entity; repeatable.")
    private List<EntityName> names = new ArrayList<>();

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Option(names = "--show-secrets", description = "Print the keys, too.")
    private boolean secrets;

    KeyringPrintCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Failure {
        Map<EntityName, Keyring.Entry> chosen = chosen(KeyringFiles.read(file));
        if (json) {
            ObjectNode root = JsonNodeFactory.instance.objectNode().put("file", file.toString());
            ArrayNode entities = root.putArray("entities");
            chosen.forEach((name, entry) -> entities.add(json(name, entry)));
            terminal.json(root);
        } else if (chosen.isEmpty()) {
            terminal.line("%s", file + " is empty");
        } else {
            Table table = new Table();
            chosen.forEach((name, entry) -> add(table, name, entry));
            table.print(terminal);
        }
        return Msgr.DONE;
    }

    private Map<EntityName, Keyring.Entry> chosen(Keyring keyring) throws Failure {
        if (names.isEmpty()) {
            return keyring.entries();
        }
        Map<EntityName, Keyring.Entry> chosen = new TreeMap<>(keyring.entries().comparator());
        for (EntityName name : names) {
            chosen.put(name, keyring.find(name).orElseThrow(() -> KeyringFiles.without(name, file, keyring)));
        }
        return chosen;
    }

    private void add(Table table, EntityName name, Keyring.Entry entry) {
        CryptoKey key = entry.key();
        String created = key.created().equals(UTime.ZERO) ? "" : ", created " + key.created();
        table.row(name.toString(), "key of type " + key.type() + created);
        entry.caps().forEach((service, text) -> table.row("  " + service, text));
        if (secrets) {
            table.row("  key", key.toBase64());
        }
    }

    private ObjectNode json(EntityName name, Keyring.Entry entry) {
        CryptoKey key = entry.key();
        ObjectNode node = JsonNodeFactory.instance
                .objectNode()
                .put("name", name.toString())
                .put("type", key.type().toString())
                .put(
                        "created",
                        key.created().equals(UTime.ZERO) ? null : key.created().toString());
        ObjectNode caps = node.putObject("caps");
        entry.caps().forEach(caps::put);
        return secrets ? node.put("key", key.toBase64()) : node;
    }
}
