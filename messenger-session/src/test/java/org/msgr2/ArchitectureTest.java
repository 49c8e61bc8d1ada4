package org.msgr2;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.architecture.ForbiddenThings;
import org.msgr2.session.testing.ArchitectureRules;

/** What keeps the protocol apart from sockets, threads, clocks and dice, and the modules in one direction. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            // ArchUnit's own option knows neither test-jars nor build directories with a suffix.
            .withImportOption(location -> !location.contains("test-classes") && !location.contains("-tests.jar"))
            .importPackages("org.msgr2");

    private static final String[] PROTOCOL = {
        "org.msgr2.core..",
        "org.msgr2.crypto..",
        "org.msgr2.session.handshake..",
        "org.msgr2.session.negotiation..",
        "org.msgr2.session.machine..",
        "org.msgr2.session.accept..",
        "org.msgr2.session.rpc.machine..",
    };

    private static final String TLS = "org.msgr2.crypto.tls..";

    private static final String[] SERVICES = {"org.msgr2.confd..", "org.msgr2.cld..", "org.msgr2.ctl.."};

    private static void check(ArchRule rule) {
        rule.check(CLASSES);
    }

    @Test
    void theProtocolOwnsNoSocket() {
        ArchitectureRules.ownsNoSocket(PROTOCOL).check(CLASSES.that(not(resideInAPackage(TLS))));
    }

    /**
     * TLS is the exception to {@link #theProtocolOwnsNoSocket}, by two things: its engines are those of {@code javax.net.ssl},
     * which have no socket; and a trust manager has to have methods with a {@link Socket}, which refuse.
     */
    @Test
    void tlsOwnsNoSocketEither() {
        check(ArchitectureRules.dependsNotOn(
                new String[] {TLS}, "io.netty.channel..", "io.netty.bootstrap..", "java.nio.channels..", "javax.net"));
        check(noClasses()
                .that()
                .resideInAPackage(TLS)
                .should()
                .dependOnClassesThat(resideInAPackage("java.net..").and(not(type(Socket.class)))));
        check(noClasses().that().resideInAPackage(TLS).should().callMethodWhere(owner(type(Socket.class))));
    }

    private static DescribedPredicate<JavaCall<?>> owner(DescribedPredicate<JavaClass> type) {
        return DescribedPredicate.describe("of " + type, call -> type.test(call.getTargetOwner()));
    }

    @Test
    void theProtocolOwnsNoThread() {
        check(ArchitectureRules.ownsNoThread(PROTOCOL));
    }

    @Test
    void theProtocolReadsNoClock() {
        check(ArchitectureRules.readsNoClock(PROTOCOL));
    }

    @Test
    void theProtocolThrowsNoDice() {
        check(ArchitectureRules.throwsNoDice(PROTOCOL));
    }

    @Test
    void servicesSeeNoChannel() {
        // Those of the class path: the services' own modules check the others by the same rule.
        check(ArchitectureRules.seesNoChannel(SERVICES));
        check(ArchitectureRules.seesNoChannel("org.msgr2.session.service.."));
    }

    @Test
    void modulesDependInOneDirection() {
        check(ArchitectureRules.dependsNotOn(
                new String[] {"org.msgr2.core.."}, "org.msgr2.crypto..", "org.msgr2.session.."));
        check(ArchitectureRules.dependsNotOn(new String[] {"org.msgr2.crypto.."}, "org.msgr2.session.."));
        check(ArchitectureRules.dependsNotOn(
                new String[] {"org.msgr2.core..", "org.msgr2.crypto..", "org.msgr2.session.."}, SERVICES));
    }

    @Test
    void theMachinesDoNotKnowTheirDrivers() {
        check(ArchitectureRules.dependsNotOn(
                PROTOCOL,
                "org.msgr2.session.driver..",
                "org.msgr2.session.dispatch..",
                "org.msgr2.session.transport..",
                "org.msgr2.session.netty..",
                "org.msgr2.session.inproc.."));
        check(ArchitectureRules.dependsNotOn(
                new String[] {"org.msgr2.session.handshake.."},
                "org.msgr2.session.negotiation..",
                "org.msgr2.session.machine.."));
        check(ArchitectureRules.dependsNotOn(
                new String[] {"org.msgr2.session.negotiation.."}, "org.msgr2.session.machine.."));
    }

    // --- Each rule can fail

    private static final String FORBIDDEN = "org.msgr2.architecture..";
    private static final JavaClasses FIXTURES = new ClassFileImporter().importPackages("org.msgr2.architecture");

    /** The names of those fixtures that the rule finds. */
    private static Set<String> found(ArchRule rule) {
        List<String> details = rule.evaluate(FIXTURES).getFailureReport().getDetails();
        return FIXTURES.stream()
                .map(JavaClass::getName)
                .filter(name -> details.stream()
                        .anyMatch(detail -> detail.contains("<" + name + ".") || detail.contains("<" + name + ">")))
                .collect(Collectors.toSet());
    }

    static Stream<Arguments> rules() {
        return Stream.of(
                rule("ownsNoSocket", ArchitectureRules::ownsNoSocket, ForbiddenThings.SOCKETS),
                rule("ownsNoThread", ArchitectureRules::ownsNoThread, ForbiddenThings.THREADS),
                rule("readsNoClock", ArchitectureRules::readsNoClock, ForbiddenThings.CLOCKS),
                rule("throwsNoDice", ArchitectureRules::throwsNoDice, ForbiddenThings.DICE),
                rule("seesNoChannel", ArchitectureRules::seesNoChannel, ForbiddenThings.CHANNELS));
    }

    private static Arguments rule(String name, Function<String[], ArchRule> rule, List<Class<?>> violations) {
        return Arguments.of(name, rule.apply(new String[] {FORBIDDEN}), violations);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void eachRuleFindsWhatItForbidsAndNothingElse(String name, ArchRule rule, List<Class<?>> violations) {
        assertThat(violations).as(name).isNotEmpty();
        assertThat(found(rule))
                .containsAll(violations.stream().map(Class::getName).toList())
                .doesNotContainAnyElementsOf(
                        ForbiddenThings.INNOCENT.stream().map(Class::getName).toList());
    }

    @Test
    void aRuleIsSilentAboutOtherPackages() {
        assertThat(found(ArchitectureRules.readsNoClock("org.msgr2.core.."))).isEmpty();
    }

    @Test
    void directionsAreFoundOutToo() {
        String[] here = {FORBIDDEN};
        assertThat(found(ArchitectureRules.dependsNotOn(here, "java.net.."))).hasSize(1);
        assertThat(found(ArchitectureRules.dependsNotOn(here, "org.msgr2.cld..")))
                .isEmpty();
    }

    @Test
    void theRulesHaveClassesToCheck() {
        for (String prefix : Arrays.asList(PROTOCOL).subList(0, 5)) {
            String name = prefix.substring(0, prefix.length() - 2);
            assertThat(CLASSES.stream().filter(type -> type.getPackageName().startsWith(name)))
                    .as(name)
                    .hasSizeGreaterThan(5);
        }
    }
}
