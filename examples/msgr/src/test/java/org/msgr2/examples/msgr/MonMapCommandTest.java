package org.msgr2.examples.msgr;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MonMapCommandTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"mon-map", "mon dump"})
    void printsTheMapAsCephDoes(String command) {
        try (TestNode monitor = TestNode.start("mon.0", new FakeMonitor(FakeMonitor.recorded()))) {
            Run run = Run.of(("ceph " + command + " --auth none --mon " + monitor.addr()).split(" "));

            assertThat(run.err()).isEmpty();
            assertThat(run.exitCode()).isZero();
            assertThat(run.outLines())
                    .containsExactly(
                            "epoch 1",
                            "fsid dd62d9b2-5b36-4e6a-9253-ed1e63900e0e",
                            "last_changed 2026-11-20T09:49:08.040855+0000",
                            "created 2026-11-20T09:49:08.040855+0000",
                            "min_mon_release 16 (pacific)",
                            "election_strategy: 1",
                            "0: [v2:127.0.0.1:26300/0,v1:127.0.0.1:26301/0] mon.a");
        }
    }

    @Test
    void printsItWithCephsFieldNamesAsJson() {
        try (TestNode monitor = TestNode.start("mon.0", new FakeMonitor(FakeMonitor.recorded()))) {
            JsonNode json = Run.of("ceph", "mon-map", "--auth=none", "--json", "--mon=" + monitor.addr())
                    .json();

            assertThat(json.get("epoch").asInt()).isEqualTo(1);
            assertThat(json.get("fsid").asText()).isEqualTo("dd62d9b2-5b36-4e6a-9253-ed1e63900e0e");
            assertThat(json.get("modified").asText()).isEqualTo("2026-11-20T09:49:08.040855Z");
            assertThat(json.get("created").asText()).isEqualTo("2026-11-20T09:49:08.040855Z");
            assertThat(json.get("min_mon_release").asInt()).isEqualTo(16);
            assertThat(json.get("min_mon_release_name").asText()).isEqualTo("pacific");
            assertThat(json.get("election_strategy").asInt()).isEqualTo(1);
            assertThat(json.get("disallowed_leaders: ").asText()).isEmpty();
            assertThat(json.get("stretch_mode").asBoolean()).isFalse();
            assertThat(json.get("tiebreaker_mon").asText()).isEmpty();
            assertThat(json.get("removed_ranks: ").asText()).isEmpty();
            assertThat(json.at("/features/persistent").toString()).contains("\"pacific\",\"elector-pinging\"");
            assertThat(json.at("/features/optional")).isEmpty();
            JsonNode mon = json.at("/mons/0");
            assertThat(mon.get("rank").asInt()).isZero();
            assertThat(mon.get("name").asText()).isEqualTo("a");
            assertThat(mon.at("/public_addrs/addrvec/0").toString())
                    .isEqualTo("{\"type\":\"v2\",\"addr\":\"127.0.0.1:26300\",\"nonce\":0}");
            assertThat(mon.at("/public_addrs/addrvec/1/type").asText()).isEqualTo("v1");
            assertThat(mon.get("addr").asText()).isEqualTo("127.0.0.1:26301/0");
            assertThat(mon.get("public_addr").asText()).isEqualTo("127.0.0.1:26301/0");
            assertThat(mon.get("priority").asInt()).isZero();
            assertThat(mon.get("weight").asInt()).isZero();
            assertThat(mon.get("crush_location").asText()).isEqualTo("{}");
            assertThat(json.has("quorum")).isFalse();
        }
    }

    @Test
    void asksTheNextMonitorIfOneDoesNotAnswer() throws Exception {
        try (TestNode monitor = TestNode.start("mon.0", new FakeMonitor(FakeMonitor.recorded()))) {
            Run run = Run.of(
                    "ceph",
                    "mon-map",
                    "--auth=none",
                    "--mon=" + TestNode.unusedAddr(),
                    "--mon=[" + monitor.addr() + ",v1:127.0.0.1:6789/0]");

            assertThat(run.exitCode()).isZero();
            assertThat(run.out()).startsWith("epoch 1\n");
        }
    }

    @Test
    void findsTheMonitorInCephConf() throws Exception {
        try (TestNode monitor = TestNode.start("mon.0", new FakeMonitor(FakeMonitor.recorded()))) {
            Path conf = Files.writeString(
                    directory.resolve("ceph.conf"),
                    "[global]\nfsid = x\nmon host = [v2:127.0.0.1:" + monitor.port() + ",v1:127.0.0.1:1]\n");

            Run run = Run.of("ceph", "mon", "dump", "--auth=none", "--conf=" + conf);

            assertThat(run.exitCode()).isZero();
            assertThat(run.out()).startsWith("epoch 1\n");
        }
    }

    @Test
    void noMonitorAnswers() throws Exception {
        String one = TestNode.unusedAddr();

        Run single = Run.of("ceph", "mon-map", "--auth=none", "--mon=" + one);
        assertThat(single.exitCode()).isEqualTo(1);
        assertThat(single.error()).isEqualTo("msgr: cannot connect to " + one + ": Connection refused");

        Run several = Run.of("ceph", "mon-map", "--auth=none", "--mon=" + one, "--mon=" + one);
        assertThat(several.exitCode()).isEqualTo(1);
        assertThat(several.error())
                .isEqualTo("msgr: none of 2 monitors answered; the last: cannot connect to " + one
                        + ": Connection refused");
    }

    @Test
    void aMapThatCannotBeDecodedIsOneClearLine() {
        try (TestNode monitor = TestNode.start("mon.0", new FakeMonitor(new byte[] {1, 2, 3}))) {
            Run run = Run.of("ceph", "mon-map", "--auth=none", "--mon=" + monitor.addr());

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.error()).startsWith("msgr: no monitor map from " + monitor.addr() + ": mon_map length");
        }
    }

    @Test
    void aMonitorThatDoesNotAnswerIsNotWaitedForLongerThanAsked() {
        try (TestNode monitor = TestNode.start("mon.0", new FakeMonitor(new byte[0]))) {
            Run run = Run.of("ceph", "mon-map", "--auth=none", "--timeout=2s", "--mon=" + monitor.addr());

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.error()).isEqualTo("msgr: no monitor map from " + monitor.addr() + ": no answer within 2 s");
        }
    }

    @Test
    void theMonitorHasToBeGiven() {
        Run run = Run.of("ceph", "mon-map", "--auth=none");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.error()).contains("give --mon ADDR or --conf FILE");
    }

    @Test
    void aGivenMonitorComesBeforeThoseOfCephConf() throws Exception {
        try (TestNode monitor = TestNode.start("mon.0", new FakeMonitor(FakeMonitor.recorded()))) {
            Path conf = Files.writeString(
                    directory.resolve("ceph.conf"), "auth client required = none\nmon host = v2:127.0.0.1:1\n");

            Run run = Run.of("ceph", "mon", "dump", "--conf=" + conf, "--mon=" + monitor.addr());

            assertThat(run.err()).isEmpty();
            assertThat(run.out()).startsWith("epoch 1\n");
        }
    }

    @Test
    void aCephConfWithoutMonitorsSaysWhatToDo() throws Exception {
        Path conf = Files.writeString(directory.resolve("ceph.conf"), "[global]\n");

        Run run = Run.of("ceph", "mon-map", "--auth=none", "--conf=" + conf);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.error()).endsWith("ceph.conf has no 'mon host'; give --mon ADDR as well");
    }

    @Test
    void aMonitorWithoutV2AddressIsWrongUsage() {
        Run run = Run.of("ceph", "mon-map", "--auth=none", "--mon=v1:127.0.0.1:6789");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.error()).contains("no v2 address");
    }

    @Test
    void aMissingCephConfIsOneClearLine() {
        Run run = Run.of("ceph", "mon-map", "--auth=none", "--conf=" + directory.resolve("none.conf"));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.error()).endsWith("none.conf: no such file or directory");
    }
}
