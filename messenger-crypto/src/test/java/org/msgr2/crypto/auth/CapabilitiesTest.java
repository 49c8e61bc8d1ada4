package org.msgr2.crypto.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.crypto.auth.Capabilities.Grant;

/** What a text allows, and that what is not understood allows nothing. */
class CapabilitiesTest {

    private static Capabilities caps(String text) {
        return Capabilities.of(Map.of("svc", text));
    }

    private static Set<Access> allowed(String text) {
        Set<Access> allowed = EnumSet.noneOf(Access.class);
        for (Access access : Access.values()) {
            if (caps(text).allows("svc", access)) {
                allowed.add(access);
            }
        }
        return allowed;
    }

    private static String letters(String text) {
        StringBuilder letters = new StringBuilder();
        allowed(text).forEach(access -> letters.append(access.letter()));
        return letters.toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "allow r | r",
                "allow rw | rw",
                "allow xr | rx",
                "allow * | rwx",
                "allow all | rwx",
                "allow any | rwx",
                "'  allow   rw ;  ' | rw",
                "allow r, allow w | rw",
                "allow r;allow w;allow x | rwx",
                "allow r class-read | r",
            })
    void allowsWhatItSays(String text, String letters) {
        assertThat(letters(text)).isEqualTo(letters);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ",;,",
                "allow",
                "rw",
                "*",
                "deny w",
                "deny w, allow *",
                "allow *, deny w",
                "allowrw",
                "allow profile osd",
                "profile rbd",
                "profile rbd pool=x",
                "profile",
                "allow profile",
                "allow profile x *",
                "allow rwy",
                "allow rw path=/x",
                "allow rw path='/x",
                "allow r network 10.0.0.0/8",
                "allow command \"osd lspools\"",
                "allow rw path=/a path=/b",
                "allow rw root_squash",
            })
    void allowsNothingUnrestricted(String text) {
        assertThat(allowed(text)).isEmpty();
    }

    @Test
    void aDenialThatIsNotUnderstoodVoidsTheRest() {
        assertThat(caps("allow *, allow r, deny w").grants("svc")).isEmpty();
        assertThat(caps("deny w, allow *").grants("svc")).isEmpty();
    }

    @Test
    void aRestrictedGrantAllowsWhatItsServiceFindsInside() {
        Capabilities caps = caps("allow r, allow rw path=\"/a b\" uid=100 gids=100,200; allow x command 'x, allow *'");
        assertThat(caps.grants("svc"))
                .containsExactly(
                        new Grant(Set.of(Access.READ), "", Map.of()),
                        new Grant(
                                Set.of(Access.READ, Access.WRITE),
                                "",
                                Map.of("path", "/a b", "uid", "100", "gids", "100,200")),
                        new Grant(Set.of(Access.EXECUTE), "", Map.of("command", "", "x, allow *", "")));
        assertThat(caps.allows("svc", Access.WRITE, (key, value) -> true)).isTrue();
        assertThat(caps.allows("svc", Access.WRITE, (key, value) -> key.equals("path") && value.equals("/a b")))
                .as("uid and gids are restrictions too")
                .isFalse();
        assertThat(caps.allows("svc", Access.READ)).isTrue();
        assertThat(caps.allows("svc", Access.EXECUTE)).isFalse();
    }

    @Test
    void aProfileIsForItsServiceToInterpret() {
        assertThat(caps("allow profile bootstrap-osd").grants("svc"))
                .containsExactly(new Grant(Set.of(), "bootstrap-osd", Map.of()));
        assertThat(caps("profile rbd pool=vms, profile rbd-read-only pool=images")
                        .grants("svc"))
                .containsExactly(
                        new Grant(Set.of(), "rbd", Map.of("pool", "vms")),
                        new Grant(Set.of(), "rbd-read-only", Map.of("pool", "images")));
    }

    @Test
    void aTicketGrantsServicesThatAreHostedByProfiles() {
        Capabilities caps =
                Capabilities.ofTicket("osd", "allow r, profile confd.r, allow profile cld.rw, profile cld.x");
        assertThat(caps.text("osd")).startsWith("allow r, ");
        assertThat(caps.allows("osd", Access.READ)).isTrue();
        assertThat(caps.allows("osd", Access.WRITE)).isFalse();
        assertThat(caps.allows("confd", Access.READ)).isTrue();
        assertThat(caps.allows("confd", Access.EXECUTE)).isFalse();
        for (Access access : Access.values()) {
            assertThat(caps.allows("cld", access)).as("cld " + access).isTrue();
        }
        assertThat(caps.services()).containsExactly("cld", "confd", "osd");
        assertThat(Capabilities.ofTicket("osd", "profile confd.r *").allows("confd", Access.WRITE))
                .as("what stands beside a profile adds nothing to it")
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "allow *",
                "allow r",
                "profile confd",
                "profile rbd",
                "profile confd.q",
                "profile confd.",
                "profile .r",
                "profile Confd.r",
                "profile confd.r pool=x",
                "allow confd.r",
                "profile osd.rwx",
                "profile mon.r, profile mgr.rwx, profile client.r",
                "profile confd.r, nonsense"
            })
    void aTicketGrantsNothingElse(String text) {
        Capabilities caps = Capabilities.ofTicket("osd", text);
        assertThat(caps).isEqualTo(text.isEmpty() ? Capabilities.NONE : Capabilities.of(Map.of("osd", text)));
        assertThat(caps.allows("confd", Access.READ)).isFalse();
    }

    @Test
    void servicesAreApart() {
        Capabilities caps = Capabilities.of(Map.of("confd", "allow r", "cld", "allow rw path=/x", "ctl", "allow *"));
        assertThat(caps.allows("confd", Access.READ)).isTrue();
        assertThat(caps.allows("confd", Access.WRITE)).isFalse();
        assertThat(caps.allows("ctl", Access.EXECUTE)).isTrue();
        assertThat(caps.allows("mon", Access.READ)).isFalse();
        assertThat(caps.text("cld")).isEqualTo("allow rw path=/x");
        assertThat(caps.text("mon")).isEmpty();
        assertThat(caps.services()).containsExactly("cld", "confd", "ctl");
        assertThat(caps).hasToString("cld='allow rw path=/x' confd='allow r' ctl='allow *'");
        assertThat(Capabilities.NONE).hasToString("no capabilities");
        assertThat(Capabilities.NONE.allows("confd", Access.READ)).isFalse();
        assertThat(caps)
                .isEqualTo(Capabilities.of(Map.of("cld", "allow rw path=/x", "confd", "allow r", "ctl", "allow *")))
                .isNotEqualTo(Capabilities.NONE);
    }

    @Test
    void readsAnyText() {
        long seed = 20261120;
        SplittableRandom random = new SplittableRandom(seed);
        String alphabet = "alow profile*rwx=,;'\" /x\n";
        for (int run = 0; run < 20_000; run++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(40);
            while (text.length() < length) {
                text.append(
                        switch (random.nextInt(8)) {
                            case 0 -> "allow ";
                            case 1 -> "profile ";
                            default -> "" + alphabet.charAt(random.nextInt(alphabet.length()));
                        });
            }
            String given = text.toString();
            if (!allowed(given).isEmpty()) {
                assertThat(given).as("seed %d run %d", seed, run).contains("allow");
            }
        }
        assertThat(allowed("allow r, ".repeat(5000)))
                .as("more grants than the bound")
                .isEmpty();
        assertThat(allowed("allow r" + " ".repeat(70_000)))
                .as("longer than the bound")
                .isEmpty();
    }
}
