package org.msgr2.examples.interop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityName;

/**
 * A cluster that is there already, such as the user's own: a guest in it, which only reads. The {@code ceph} command has
 * to be installed here. Immutable.
 */
public final class ExistingCeph implements CephCluster {

    /** Its configuration file. */
    static final String CONF_PROPERTY = "msgr.ceph.conf";
    /** A keyring with the key of {@link #NAME_PROPERTY}; without it, the cluster is taken for one without authentication. */
    static final String KEYRING_PROPERTY = "msgr.keyring";
    /** Who we are; {@code client.admin} if nothing is said. */
    static final String NAME_PROPERTY = "msgr.ceph.name";

    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The beginnings of all commands that may be run here: none changes anything. */
    private static final List<String> READING =
            List.of("fsid", "status", "mon dump", "mon stat", "osd dump", "mgr dump", "mds metadata");

    private final Path conf;
    private final Optional<Path> keyring;
    private final EntityName user;
    private final JsonNode monitors;

    private ExistingCeph(Path conf, Optional<Path> keyring, EntityName user) {
        this.conf = conf;
        this.keyring = keyring;
        this.user = user;
        try {
            this.monitors = JSON.readTree(ceph("mon", "dump", "-f", "json"));
        } catch (JsonProcessingException e) {
            throw new PeerException("ceph mon dump answered no JSON", e);
        }
    }

    /**
     * The cluster that the user names with {@code -Dmsgr.ceph.conf=FILE}, if one is named.
     *
     * @throws PeerException if it cannot be reached, saying why
     */
    static Optional<ExistingCeph> named() {
        Path conf = file(CONF_PROPERTY);
        Path keyring = file(KEYRING_PROPERTY);
        String name = System.getProperty(NAME_PROPERTY, "client.admin");
        return conf == null ? Optional.empty() : Optional.of(at(conf, keyring, EntityName.parse(name)));
    }

    /**
     * @param keyring null for a cluster without authentication
     * @throws PeerException if it cannot be reached, saying why
     */
    static ExistingCeph at(Path conf, @Nullable Path keyring, EntityName user) {
        return new ExistingCeph(conf, Optional.ofNullable(keyring), user);
    }

    private static @Nullable Path file(String property) {
        String named = System.getProperty(property, "");
        if (named.isBlank()) {
            return null;
        }
        // The tests' directory is not the one that the user types in.
        Path file = Path.of(named);
        if (!file.isAbsolute() || !Files.isReadable(file)) {
            throw new PeerException("-D" + property + "=" + named + ": not the absolute path of a readable file");
        }
        return file;
    }

    @Override
    public String fsid() {
        return monitors.path("fsid").asText();
    }

    @Override
    public List<String> monAddresses() {
        List<String> all = new ArrayList<>();
        for (JsonNode monitor : monitors.path("mons")) {
            for (JsonNode address : monitor.at("/public_addrs/addrvec")) {
                if (address.path("type").asText().equals("v2")) {
                    all.add("v2:" + address.path("addr").asText() + "/"
                            + address.path("nonce").asText());
                }
            }
        }
        return List.copyOf(all);
    }

    @Override
    public Path conf() {
        return conf;
    }

    /** @throws PeerException if none was named */
    @Override
    public Path keyring() {
        return keyring.orElseThrow(
                () -> new PeerException("the cluster of " + conf + " was named without -D" + KEYRING_PROPERTY));
    }

    @Override
    public CephSettings.Auth auth() {
        return keyring.isPresent() ? CephSettings.Auth.CEPHX : CephSettings.Auth.NONE;
    }

    @Override
    public EntityName user() {
        return user;
    }

    /** @throws PeerException also if the command might change something */
    @Override
    public String ceph(String... args) {
        String words = String.join(" ", args);
        if (READING.stream().noneMatch(words::startsWith)) {
            throw new PeerException("'ceph " + words + "' may change the cluster of " + conf + ": refused");
        }
        List<String> command = new ArrayList<>();
        command.add(CephInstalled.here().get(CephProgram.CEPH).toString());
        command.addAll(List.of("--conf", conf.toString(), "--name", user.toString()));
        keyring.ifPresent(file -> command.addAll(List.of("--keyring", file.toString())));
        command.addAll(List.of(args));
        return PeerCommand.run(new ProcessBuilder(command), COMMAND_LIMIT, ProcessBuilder::start);
    }

    @Override
    public String description() {
        return "the cluster of " + conf + " as " + user + ", auth " + auth().confValue();
    }

    /** Does nothing: the cluster was not ours. */
    @Override
    public void close() {}

    @Override
    public String toString() {
        return description();
    }
}
