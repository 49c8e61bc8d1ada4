package org.msgr2.confd;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import org.junit.jupiter.api.Test;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.session.testing.ArchitectureRules;

/** What is protocol or domain here owns no thread, socket, clock or dice; no service sees a Netty channel. */
class ConfdArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(location -> !location.contains("test-classes") && !location.contains("-tests.jar"))
            .importPackages("org.msgr2.confd");

    private static final String[] PROTOCOL = {
        "org.msgr2.confd.config..", "org.msgr2.confd.wire..", "org.msgr2.confd.engine..", "org.msgr2.confd.watch..",
    };

    @Test
    void theProtocolOwnsNothing() {
        ArchitectureRules.ownsNoSocket(PROTOCOL).check(CLASSES);
        ArchitectureRules.ownsNoThread(PROTOCOL).check(CLASSES);
        ArchitectureRules.readsNoClock(PROTOCOL).check(CLASSES);
        ArchitectureRules.throwsNoDice(PROTOCOL).check(CLASSES);
    }

    @Test
    void servicesSeeNoChannel() {
        ArchitectureRules.seesNoChannel("org.msgr2.confd..").check(CLASSES);
    }

    @Test
    void theWireKnowsNeitherConfigurationNorAnswers() {
        ArchitectureRules.dependsNotOn(
                        new String[] {"org.msgr2.confd.wire.."},
                        "org.msgr2.confd.config..",
                        "org.msgr2.confd.engine..",
                        "org.msgr2.confd.reload..")
                .check(CLASSES);
    }

    /** The real daemon builds its table of addresses at the first question, which then waits for seconds (spec/confd §5). */
    @Test
    void noTableOfASnapshotIsBuiltLater() {
        ArchRuleDefinition.fields()
                .that()
                .areDeclaredIn(ClusterConfig.class)
                .should()
                .beFinal()
                .check(CLASSES);
    }
}
