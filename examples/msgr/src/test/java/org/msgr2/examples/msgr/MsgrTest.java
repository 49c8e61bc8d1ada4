package org.msgr2.examples.msgr;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MsgrTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "demo",
                "serve",
                "ping",
                "ceph",
                "ceph mon-map",
                "ceph mon",
                "ceph mon dump",
                "ceph status",
                "ceph command",
                "keyring",
                "keyring create",
                "keyring print",
                "keyring import"
            })
    void everyCommandHasHelpWithExamplesOfItself(String command) {
        String[] arguments = (command + " --help").strip().split(" ");

        Run run = Run.of(arguments);

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("Usage: msgr " + command);
        assertThat(run.out()).contains("Examples:");
        String examples = run.out().substring(run.out().indexOf("Examples:"));
        assertThat(examples).contains("  msgr " + command.replace("mon dump", "mon"));
        assertThat(run.outLines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void tellsItsVersion() {
        Run run = Run.of("--version");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("msgr ").contains("Java ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ceph", "ceph mon", "keyring"})
    void aMissingCommandIsWrongUsageAndNamesThoseThatThereAre(String command) {
        Run run = command.isEmpty() ? Run.of() : Run.of(command.split(" "));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.error())
                .startsWith("msgr: a command is missing: ")
                .endsWith("(see '" + ("msgr " + command).strip() + " --help')");
    }

    @Test
    void anUnknownOptionIsWrongUsage() {
        Run run = Run.of("ping", "--cuont", "1", "v2:127.0.0.1:1");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.error()).startsWith("msgr: ").contains("(see 'msgr ping --help')");
    }

    @Test
    void anUnknownCommandIsWrongUsage() {
        Run run = Run.of("pnig");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.error()).contains("pnig");
    }

    @Test
    void anErrorShowsItsStackTraceOnlyIfAsked() throws Exception {
        String addr = TestNode.unusedAddr();

        assertThat(Run.of("ping", "--auth=none", addr).error()).startsWith("msgr: cannot connect");
        assertThat(Run.of("ping", "--auth=none", "--debug", addr).err()).contains("\tat org.msgr2.");
    }
}
