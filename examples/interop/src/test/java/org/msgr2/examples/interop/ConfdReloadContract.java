package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes visible of a configuration file that changes (spec/confd §5), whoever wrote the daemon. */
@RequiresGaneti
abstract class ConfdReloadContract {

    private static final Duration VISIBLE_LIMIT = Duration.ofSeconds(5);
    private static final Duration PING_LIMIT = Duration.ofSeconds(5);
    private static final ObjectMapper JSON = new ObjectMapper();

    private byte[] small;
    private ConfdHost host;
    private ConfdDaemon confd;
    private ConfdAsker asker;
    private int questions;

    /** Starts the daemon that is tested. */
    abstract ConfdDaemon start(ConfdHost files) throws IOException;

    /** How long a good file may stay unseen that was renamed over a corrupt one. */
    abstract Duration recoveryLimit();

    @BeforeEach
    void startConfd(@TempDir Path directory) throws IOException {
        small = GanetiConfig.small();
        host = ConfdHost.create(directory);
        host.replaceConfig(config("master-1"));
        confd = start(host);
        asker = new ConfdAsker(confd.address());
        assertThat(masterName()).contains("master-1");
    }

    @AfterEach
    void stopConfd() {
        if (asker != null) {
            asker.close();
        }
        if (confd != null) {
            confd.close();
        }
    }

    @Test
    void aFileRenamedOverTheOldOneIsSeen() throws IOException {
        for (int round = 2; round <= 4; round++) {
            String name = "master-" + round;
            host.replaceConfig(config(name));
            awaitMaster(VISIBLE_LIMIT, now -> now.equals(Optional.of(name)), name);
        }
    }

    @Test
    void aFileWrittenInPlaceIsSeen() throws IOException {
        host.overwriteConfig(config("another-master"));
        awaitMaster(VISIBLE_LIMIT, now -> now.equals(Optional.of("another-master")), "the new file");
    }

    @Test
    void aFileThatIsRemovedAndMadeAnewIsSeen() throws IOException {
        Files.delete(host.config());
        awaitMaster(Duration.ofSeconds(25), Optional::isEmpty, "that it is gone");
        Files.write(host.config(), config("again-a-master"));
        awaitMaster(recoveryLimit(), now -> now.equals(Optional.of("again-a-master")), "the new file");
    }

    @Test
    void whileTheFileIsCorruptEveryRequestIsAnErrorInWords() throws IOException {
        host.replaceConfig("{\"version\": 3000000, ".getBytes(StandardCharsets.US_ASCII));
        awaitMaster(VISIBLE_LIMIT, Optional::isEmpty, "that it is corrupt");

        for (int type = 0; type <= 11; type++) {
            ConfdAnswer answer = asker.ask(question(type)).orElseThrow();
            assertThat(answer.refusesInWords())
                    .as("type " + type + ": " + answer)
                    .isTrue();
            assertThat(answer.serial()).isZero();
            assertThat(answer.verifies()).isTrue();
        }

        host.replaceConfig(config("good-again"));
        awaitMaster(recoveryLimit(), now -> now.equals(Optional.of("good-again")), "the good file");
    }

    @Test
    void requestsAreAnsweredWhileTheFileChanges() throws IOException {
        int answered = 0;
        for (int round = 0; round < 50; round++) {
            host.replaceConfig(config("round-" + round));
            assertThat(asker.ping(PING_LIMIT)).as("ping of round " + round).isPresent();
            assertThat(masterName()).as("round " + round).isPresent();
            answered++;
        }
        assertThat(answered).isEqualTo(50);
        awaitMaster(VISIBLE_LIMIT.multipliedBy(4), now -> now.equals(Optional.of("round-49")), "the last file");
    }

    void awaitMaster(Duration limit, Predicate<Optional<String>> expected, String what) {
        boolean seen = Await.until(limit, () -> expected.test(masterName()));
        assertThat(seen).as(confd.name() + " sees " + what + " within " + limit).isTrue();
    }

    /** The name of the master, empty if that is an error. */
    Optional<String> masterName() {
        try {
            return asker.ask(question(3))
                    .filter(answer -> answer.status() == 0)
                    .map(answer -> answer.answer().textValue());
        } catch (IOException e) {
            throw new PeerException("cannot ask " + confd.name(), e);
        }
    }

    ConfdHost host() {
        return host;
    }

    private ConfdQuestion question(int type) {
        String rsalt = "reload-" + ++questions;
        return ConfdQuestion.signed(
                type,
                rsalt,
                "reload",
                "{\"protocol\":1,\"type\":%d,\"query\":null,\"rsalt\":\"%s\"}".formatted(type, rsalt));
    }

    /** The small cluster, with another name of its master. */
    byte[] config(String masterName) throws IOException {
        ObjectNode config = (ObjectNode) JSON.readTree(small);
        String master = config.at("/cluster/master_node").asText();
        ((ObjectNode) config.at("/nodes/" + master)).put("name", masterName);
        return JSON.writeValueAsBytes(config);
    }
}
