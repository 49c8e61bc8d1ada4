package org.msgr2.examples.msgr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.msgr2.core.address.EntityName;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.ConnectionMode;

class CephConfTest {
    private static final Path FILE = Path.of("ceph.conf");
    private static final EntityName ADMIN = EntityName.parse("client.admin");

    private static String value(String text, String key) throws Failure {
        return CephConf.parse(FILE, text).value(key, ADMIN);
    }

    @Test
    void spacesUnderscoresDashesAndCaseDoNotMatterInKeys() throws Failure {
        for (String key : new String[] {"mon host", "mon_host", "mon-host", " Mon  Host "}) {
            assertThat(value("[global]\n" + key + " = x\n", "mon host")).isEqualTo("x");
        }
    }

    @Test
    void theEntitysOwnSectionComesBeforeItsTypesAndGlobal() throws Failure {
        String global = "[global]\na = 1\nb = 1\nc = 1\n";
        String text = global + "[client]\nb = 2\nc = 2\n[client.admin]\nc = 3\n[osd]\na = 4\n";

        assertThat(value(text, "a")).isEqualTo("1");
        assertThat(value(text, "b")).isEqualTo("2");
        assertThat(value(text, "c")).isEqualTo("3");
        assertThat(value(text, "d")).isNull();
    }

    @Test
    void whatComesBeforeTheFirstSectionIsGlobal() throws Failure {
        assertThat(value("a = 1\n", "a")).isEqualTo("1");
    }

    @Test
    void commentsQuotesAndContinuedLines() throws Failure {
        assertThat(value("a = 1 # one\n", "a")).isEqualTo("1");
        assertThat(value("a = 1 ; one\n; b = 2\n", "a")).isEqualTo("1");
        assertThat(value("a = \"1 # 2\" # one\n", "a")).isEqualTo("1 # 2");
        assertThat(value("a = one, \\\n  two\n", "a")).isEqualTo("one,   two");
    }

    @Test
    void whatIsNeitherSectionNorSettingIsRefusedWithItsLine() {
        assertThatThrownBy(() -> value("[global]\nnonsense\n", "a")).hasMessageStartingWith("ceph.conf, line 2: ");
    }

    @Test
    void withoutMonHostThereAreNoMonitors() throws Failure {
        assertThat(CephConf.parse(FILE, "[global]\n").monHosts(ADMIN)).isEmpty();
    }

    @Test
    void aMonHostThatCannotBeParsedNamesTheFile() {
        assertThatThrownBy(() -> CephConf.parse(FILE, "mon host = v2:1.2.3.4:x").monHosts(ADMIN))
                .hasMessageStartingWith("ceph.conf, mon host: cannot parse address");
    }

    @Test
    void theClusterIsNamedAfterTheFile() throws Failure {
        assertThat(CephConf.parse(Path.of("/x/backup.conf"), "").cluster()).isEqualTo("backup");
        assertThat(CephConf.parse(Path.of("/x/settings"), "").cluster()).isEqualTo("ceph");
    }

    @Test
    void metavariablesAreFilledInAndOthersStay() {
        assertThat(CephConf.expand("/e/$cluster.$name.keyring,${type}s/$id$host", "ceph", ADMIN))
                .isEqualTo("/e/ceph.client.admin.keyring,clients/admin$host");
    }

    @Test
    void methodsAndModesComeInTheOrderOfTheFile() throws Failure {
        CephConf conf = CephConf.parse(FILE, "auth_client_required = gss, none, cephx\nms_client_mode = secure crc\n");

        assertThat(conf.authMethods(ADMIN)).containsExactly(AuthMethod.NONE, AuthMethod.CEPHX);
        assertThat(conf.modes("ms client mode", ADMIN, List.of()))
                .containsExactly(ConnectionMode.SECURE, ConnectionMode.CRC);
        assertThat(conf.modes("ms mon client mode", ADMIN, List.of(ConnectionMode.CRC)))
                .containsExactly(ConnectionMode.CRC);
        assertThat(CephConf.parse(FILE, "").authMethods(ADMIN)).containsExactly(AuthMethod.CEPHX);
    }

    @Test
    void anUnknownMethodOrModeNamesTheSetting() throws Failure {
        assertThatThrownBy(() ->
                        CephConf.parse(FILE, "auth client required = cephy").authMethods(ADMIN))
                .hasMessage("ceph.conf, auth client required: unknown method 'cephy', expected cephx or none");
        assertThatThrownBy(
                        () -> CephConf.parse(FILE, "auth client required = gss").authMethods(ADMIN))
                .hasMessageContaining("neither cephx nor none");
        assertThatThrownBy(() ->
                        CephConf.parse(FILE, "ms client mode = crc,fast").modes("ms client mode", ADMIN, List.of()))
                .hasMessage("ceph.conf, ms client mode: unknown mode 'fast', expected crc or secure");
    }
}
