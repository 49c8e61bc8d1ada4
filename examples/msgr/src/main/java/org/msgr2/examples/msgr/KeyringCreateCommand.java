package org.msgr2.examples.msgr;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.auth.Capabilities;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;
import org.msgr2.crypto.key.Keyring;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code msgr keyring create}: new keys, in a new file or added to one. */
@Command(
        name = "create",
        description = {
            "Makes new keys and writes them to FILE, which is created if it is missing; what else is in it stays.",
            "The file is its owner's only (0600)."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  msgr keyring create my.keyring --name client.me --cap mon 'allow r'",
            "  msgr keyring create node.keyring --name mon. --name client.admin \\",
            "      --cap mon 'allow *' --cap osd 'allow rw pool=x'",
            "  msgr keyring create my.keyring --name client.me --replace"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class KeyringCreateCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "FILE", description = "The keyring.")
    private Path file;

    @Option(
            names = "--name",
            paramLabel = "TYPE.ID",
            required = true,
            description = "Whose key; repeat it for more, each with a key of its own.")
    private List<EntityName> names;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            defaultValue = "aes",
            description = "aes, which every Ceph understands, 16 included; or aes256krb5, which Ceph knows since"
                    + " 19.2.6 and 20.2.4. Default: ${DEFAULT-VALUE}.")
    private Type type;

    @Option(
            names = "--cap",
            arity = "2",
            paramLabel = "SERVICE CAPS",
            hideParamSyntax = true,
            description = "What the entities may do at a service, such as mon 'allow r'; repeatable.")
    private List<String> caps = new ArrayList<>();

    @Option(names = "--replace", description = "Replace entities that are there, key and capabilities.")
    private boolean replace;

    /** By the names that users type. */
    private enum Type {
        aes(KeyType.AES),
        aes256krb5(KeyType.AES256KRB5);

        private final KeyType type;

        Type(KeyType type) {
            this.type = type;
        }
    }

    KeyringCreateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Failure {
        Map<String, String> granted = granted();
        Set<EntityName> wanted = new LinkedHashSet<>(names);
        Keyring keyring = KeyringFiles.readIfThere(file);
        for (EntityName name : wanted) {
            if (!replace && keyring.find(name).isPresent()) {
                throw Failure.of(
                        file + " has a key of " + name + " already; give --replace if it is of no use any more");
            }
            keyring = with(keyring, name, granted);
        }
        KeyringFiles.write(file, keyring);
        wanted.forEach(name -> terminal.line("created " + name + ", type " + type.type + ", in " + file));
        return Msgr.DONE;
    }

    private Keyring with(Keyring keyring, EntityName name, Map<String, String> granted) throws Failure {
        Instant now = Instant.now();
        UTime created = new UTime(now.getEpochSecond(), now.getNano());
        try {
            return keyring.with(name, CryptoKey.generate(type.type, created, new SecureRandom()::nextBytes), granted);
        } catch (IllegalArgumentException e) {
            throw Failure.usage(String.valueOf(e.getMessage()), e);
        }
    }

    private Map<String, String> granted() throws Failure {
        Map<String, String> granted = new TreeMap<>();
        for (int i = 0; i < caps.size(); i += 2) {
            String service = caps.get(i);
            String text = caps.get(i + 1);
            if (granted.putIfAbsent(service, text) != null) {
                throw Failure.usage("--cap " + service + " was given twice; join them: 'allow r, allow …'");
            }
            if (Capabilities.of(Map.of(service, text)).grants(service).isEmpty()) {
                throw Failure.usage("--cap " + service + " '" + text
                        + "' grants nothing: expected 'allow r', 'allow *', 'profile NAME', or several with commas");
            }
        }
        return granted;
    }
}
