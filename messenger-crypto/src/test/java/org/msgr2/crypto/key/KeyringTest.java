package org.msgr2.crypto.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.address.EntityName;

class KeyringTest {
    /** Keys that {@code ceph-authtool} made for nobody. */
    private static final String KEY = "AQCoNQBrzg+ADxAAGAuX+Pnm8QYTd+sqH7l1Fw==";

    private static final String OTHER = "AQDWNQBrtAGKIBAA+ep5mkM4thAIMIjaqLWJDg==";

    /** Written by {@code ceph-authtool} of 16.2.15. */
    private static final String WRITTEN_BY_CEPH = """
            [mon.]
            \tkey = AQDWNQBrfUiwIRAASQXvlu3Tl7fDx1HSKdu+qA==
            \tcaps mds = ""
            \tcaps mon = "y"
            \tcaps osd = "x"
            [mds.a]
            \tkey = AQDWNQBrpia0JBAArh1DO2Qv4Kyd/DfoAmAMoQ==
            [osd.0]
            \tkey = AQDWNQBrYoePIhAAkE4wXKh3i1Jo0nxM04pErw==
            [osd.10]
            \tkey = AQDWNQBrNGlPIxAAjW14KBXr2fR3lNEx3XnClA==
            [osd.2]
            \tkey = AQDWNQBrSUkAJBAAdMSvvSnuQNA0gIRbl7hxPg==
            [client.admin]
            \tkey = AQDWNQBrtAGKIBAA+ep5mkM4thAIMIjaqLWJDg==
            \tcaps mon = "allow \\"*\\""
            [mgr.z]
            \tkey = AQDWNQBr37hpJRAA5yo+zofmitH3rc7LhiCpag==
            [auth.q]
            \tkey = AQDWNQBr0AMYJhAAFupdgyXPcDMtCXPyu5Qg7A==
            """;

    private static Keyring parse(String text) throws KeyringException {
        return Keyring.parse(text, "test.keyring");
    }

    private static Keyring.Entry only(String text) throws KeyringException {
        Keyring keyring = parse(text);
        assertThat(keyring.entries()).hasSize(1);
        return keyring.find(EntityName.parse("client.a")).orElseThrow();
    }

    @Test
    void readsAndWritesTheFileThatCephWrote() throws KeyringException {
        Keyring keyring = parse(WRITTEN_BY_CEPH);
        assertThat(keyring.entries().keySet())
                .extracting(EntityName::toString)
                .containsExactly("mon.", "mds.a", "osd.0", "osd.10", "osd.2", "client.admin", "mgr.z", "auth.q");
        assertThat(keyring.find(EntityName.parse("mon.")).orElseThrow().caps())
                .containsExactly(Map.entry("mds", ""), Map.entry("mon", "y"), Map.entry("osd", "x"));
        assertThat(keyring.find(EntityName.parse("client.admin")).orElseThrow().caps())
                .containsExactly(Map.entry("mon", "allow \"*\""));
        assertThat(keyring.find(EntityName.parse("client.b"))).isEmpty();
        assertThat(keyring.toText()).isEqualTo(WRITTEN_BY_CEPH);
    }

    /** In the order of Ceph, whatever the order they came in. */
    @Test
    void changesByMakingAnother() throws KeyringException {
        Keyring full = parse(WRITTEN_BY_CEPH);
        Keyring built = Keyring.EMPTY;
        for (EntityName name : full.entries().keySet().stream()
                .sorted((a, b) -> b.id().compareTo(a.id()))
                .toList()) {
            Keyring.Entry entry = full.entries().get(name);
            built = built.with(name, entry.key(), entry.caps());
        }
        assertThat(built).isEqualTo(full).hasSameHashCodeAs(full);
        assertThat(built.toText()).isEqualTo(WRITTEN_BY_CEPH);
        Keyring less = built.without(EntityName.parse("mon."));
        assertThat(less.entries()).hasSize(7);
        assertThat(built.entries()).hasSize(8);
        assertThat(less).isNotEqualTo(built);
        assertThat(Keyring.EMPTY.entries()).isEmpty();
        assertThat(Keyring.EMPTY.toText()).isEmpty();
    }

    /** Each as 16.2.15 reads it. */
    static Stream<Arguments> oddValues() {
        return Stream.of(
                Arguments.of("caps mon = \"allow r\"", "allow r"),
                Arguments.of("caps_mon = allow r", "allow r"),
                Arguments.of("  caps  \tmon=allow  r  ", "allow  r"),
                Arguments.of("caps mon = 'allow r'", "allow r"),
                Arguments.of("caps mon = 'a \"b\" c'", "a \"b\" c"),
                Arguments.of("caps mon = 'a\\'b'", "a'b"),
                Arguments.of("caps mon = \"it's\"", "it's"),
                Arguments.of("caps mon = it's", "it's"),
                Arguments.of("caps mon = a \"b\"", "a \"b\""),
                Arguments.of("caps mon = \"a \\\" b\"", "a \" b"),
                Arguments.of("caps mon = \"a \\\\ b\"", "a \\ b"),
                Arguments.of("caps mon = \"a \\y b\"", "a y b"),
                Arguments.of("caps mon = a \\y b", "a y b"),
                Arguments.of("caps mon = \\\"x\\\"", "\"x\""),
                Arguments.of("caps mon = a # b", "a"),
                Arguments.of("caps mon = a;b", "a"),
                Arguments.of("caps mon = \"a\" # b", "a"),
                Arguments.of("caps mon = \"a\";b", "a"),
                Arguments.of("caps mon = a \\# b", "a # b"),
                Arguments.of("caps mon = \"a \\# \\; b\"", "a # ; b"),
                Arguments.of("caps mon = a\\\n b", "a b"),
                Arguments.of("caps mon = a [x] =y", "a [x] =y"),
                Arguments.of("caps mon == b", "= b"),
                Arguments.of("caps mon = ", ""),
                Arguments.of("caps mon = #", ""),
                Arguments.of("caps mon = \"\"", ""),
                Arguments.of("caps mon = \"  x  y \"", "x  y"),
                Arguments.of("caps mon = x\\ ", "x"),
                Arguments.of("caps mon = \\n", "n"),
                Arguments.of("caps mon = x\r", "x"),
                Arguments.of("caps mon = \u000bx\f", "x"),
                Arguments.of("caps mon = x\ncaps mon = y", "y"),
                Arguments.of("caps mon = y\nauid = 0", "y"),
                Arguments.of("caps mon = y\n# z", "y"),
                Arguments.of("caps mon = y\n  ; z", "y"),
                Arguments.of("caps mon = y\n\n\t\n", "y"),
                Arguments.of("caps mon = y\n[client.b]", "y"),
                Arguments.of("caps mon = y\rkey = " + KEY + "", "y"),
                // Not so in Ceph, which writes this but does not read it.
                Arguments.of("caps mon = \"a # b ; c\"", "a # b ; c"));
    }

    @ParameterizedTest
    @MethodSource("oddValues")
    void readsOddValues(String line, String value) throws KeyringException {
        Keyring.Entry entry = only("[client.a]\nkey = " + KEY + "\n" + line + "\n");
        assertThat(entry.caps()).containsExactly(Map.entry("mon", value));
        assertThat(entry.key()).isEqualTo(CryptoKey.parseBase64(KEY));
        Keyring keyring = Keyring.EMPTY.with(EntityName.parse("client.a"), entry.key(), entry.caps());
        assertThat(parse(keyring.toText())).isEqualTo(keyring);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[client.a]\nkey = %s\n",
                "# x\n[client.a]\nkey = %s\n",
                "\n\n[client.a]\nkey = %s\n",
                "[client.a] # x\n\n\tkey=%s # c\n",
                "[client.a]\nkey = %s;c\n",
                "[client.a]\nkey = \"%s\"\n",
                "[client.a]\r\n\tkey = %s\r\n",
                "[client.a]\nkey = " + OTHER + "\nkey = %s\n",
                "[client.a]\n[client.a]\nkey = %s\n[client.b]\n",
                "[client.a]\nkey = %s\n#z",
                "  [client.a]  \n   key = %s\n",
            })
    void readsOddSpacing(String text) throws KeyringException {
        Keyring.Entry entry = only(text.replace("%s", KEY));
        assertThat(entry.key()).isEqualTo(CryptoKey.parseBase64(KEY));
        assertThat(entry.caps()).isEmpty();
    }

    @Test
    void joinsSectionsOfOneEntity() throws KeyringException {
        Keyring.Entry entry = only("[client.a]\nkey = " + KEY + "\n[client.a]\ncaps mon = \"allow r\"\n");
        assertThat(entry.caps()).containsExactly(Map.entry("mon", "allow r"));
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(
                        "[client.a]\nkey = @", "test.keyring:2: the file ends within a line: it may have been cut off"),
                Arguments.of(
                        "[client.a]\nkey = @\ncaps mon = x",
                        "test.keyring:3: the file ends within a line: it may have been cut off"),
                Arguments.of(
                        "[client.a]\nkey = @\ncaps mon = x\\",
                        "test.keyring:3: the file ends within a line: it may have been cut off"),
                Arguments.of("[client.a]", "test.keyring:1: the file ends within a line: it may have been cut off"),
                Arguments.of("[client.a\nkey = @\n", "test.keyring:1: a section without a closing ']'"),
                Arguments.of("[client.a#]\n", "test.keyring:1: a section without a closing ']'"),
                Arguments.of("\n[]\n", "test.keyring:2: the section's name is no entity, such as [client.admin]"),
                Arguments.of("[global]\n", "test.keyring:1: the section's name is no entity, such as [client.admin]"),
                Arguments.of("[client]\n", "test.keyring:1: the section's name is no entity, such as [client.admin]"),
                Arguments.of("[client.]\n", "test.keyring:1: the section's name is no entity, such as [client.admin]"),
                Arguments.of(
                        "[ client.a ]\n", "test.keyring:1: the section's name is no entity, such as [client.admin]"),
                Arguments.of("[@]\n", "test.keyring:1: the section's name is no entity, such as [client.admin]"),
                Arguments.of(
                        "[client.a] key = @\n",
                        "test.keyring:1: something stands behind the end of the value or section"),
                Arguments.of("key = @\n", "test.keyring:1: an entry outside of a section such as [client.admin]"),
                Arguments.of("[client.a]\n@\n", "test.keyring:2: an unknown entry: only key and caps are known"),
                Arguments.of("[client.a]\nkey\n", "test.keyring:2: neither a section nor NAME = VALUE"),
                Arguments.of("[client.a]\nkey # = @\n", "test.keyring:2: neither a section nor NAME = VALUE"),
                Arguments.of("[client.a]\nKEY = @\n", "test.keyring:2: an unknown entry: only key and caps are known"),
                Arguments.of(
                        "[client.a]\nkey = \n", "test.keyring:2: not the base64 text of a key of type aes or aes256k"),
                Arguments.of(
                        "[client.a]\nkey = @ @\n",
                        "test.keyring:2: not the base64 text of a key of type aes or aes256k"),
                Arguments.of(
                        "[client.a]\nkey = @AAAA\n",
                        "test.keyring:2: not the base64 text of a key of type aes or aes256k"),
                Arguments.of(
                        "[client.a]\nkey = @\ncaps mon = \"a\n",
                        "test.keyring:3: a quoted value does not end on its line"),
                Arguments.of(
                        "[client.a]\nkey = @\ncaps mon = \"a\\\nb\"\n",
                        "test.keyring:3: a quoted value does not end on its line"),
                Arguments.of(
                        "[client.a]\nkey = @\ncaps mon = \"a\"b\n",
                        "test.keyring:3: something stands behind the end of the value or section"),
                Arguments.of(
                        "[client.a]\nkey = @\ncaps = x\n",
                        "test.keyring:3: an unknown entry: only key and caps are known"),
                Arguments.of(
                        "[client.a]\nkey = @\ncaps mon osd = x\n",
                        "test.keyring:3: caps need the name of one service: letters, digits and '-'"),
                Arguments.of(
                        "[client.a]\nkey = @\ncaps mon = a\u0001\n",
                        "test.keyring:3: caps must not contain line breaks or control characters"),
                Arguments.of(
                        "[client.a]\nkey = @\n\n[osd.1]\ncaps mon = x\n",
                        "test.keyring:4: osd.1 has capabilities but no key"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void saysWhichLineIsWrongWithoutTheSecret(String text, String message) {
        assertThatThrownBy(() -> parse(text.replace("@", KEY)))
                .isInstanceOf(KeyringException.class)
                .hasMessage(message)
                .hasNoCause();
    }

    @Test
    void refusesWhatItCouldNotWrite() {
        CryptoKey key = CryptoKey.parseBase64(KEY);
        for (String id : new String[] {"a]", "a#", "a;", "a\nb"}) {
            EntityName name = EntityName.parse("client." + id);
            assertThatThrownBy(() -> Keyring.EMPTY.with(name, key, Map.of()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        EntityName name = EntityName.parse("client.a");
        for (String service : new String[] {"", "a b", "a_b", "a=b", "a\n"}) {
            assertThatThrownBy(() -> Keyring.EMPTY.with(name, key, Map.of(service, "x")))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> Keyring.EMPTY.with(name, key, Map.of("mon", "a\nb")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatCode(() -> Keyring.EMPTY.with(name, key, Map.of("my-service", "a\tb")))
                .doesNotThrowAnyException();
    }

    @Test
    void destroysItsKeys() throws KeyringException {
        Keyring keyring = parse(WRITTEN_BY_CEPH);
        keyring.destroy();
        assertThat(keyring.entries().values()).allMatch(entry -> entry.key().isDestroyed());
    }
}
