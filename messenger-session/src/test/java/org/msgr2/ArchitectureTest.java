package org.msgr2;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What keeps the protocol apart from sockets, threads, clocks and dice, and the modules in one direction. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("org.msgr2.core", "org.msgr2.crypto", "org.msgr2.session");

    private static final String[] PROTOCOL = {
        "org.msgr2.core..",
        "org.msgr2.crypto..",
        "org.msgr2.session.handshake..",
        "org.msgr2.session.negotiation..",
        "org.msgr2.session.machine..",
        "org.msgr2.session.accept..",
    };

    @Test
    void theProtocolOwnsNoSocket() {
        check(noClasses()
                .that()
                .resideInAnyPackage(PROTOCOL)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty.channel..", "io.netty.bootstrap..", "java.net.."));
    }

    @Test
    void theProtocolOwnsNoThreadClockOrDice() {
        check(noClasses()
                .that()
                .resideInAnyPackage(PROTOCOL)
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Thread.class, Random.class, SecureRandom.class)
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Instant.class, "now"));
    }

    @Test
    void modulesDependInOneDirection() {
        check(noClasses()
                .that()
                .resideInAPackage("org.msgr2.core..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.msgr2.crypto..", "org.msgr2.session.."));
        check(noClasses()
                .that()
                .resideInAPackage("org.msgr2.crypto..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.msgr2.session.."));
    }

    private static void check(ArchRule rule) {
        rule.check(CLASSES);
    }
}
