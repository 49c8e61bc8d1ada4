package org.msgr2.confd.luxi;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import org.junit.jupiter.api.Test;
import org.msgr2.confd.luxi.job.JobDirectory;
import org.msgr2.session.testing.ArchitectureRules;

/** The query socket's half that answers has no socket, thread, clock or die, and one class that reads files. */
class LuxiArchitectureTest {
    private static final String LUXI = "org.msgr2.confd.luxi..";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(location -> !location.contains("test-classes") && !location.contains("-tests.jar"))
            .importPackages("org.msgr2.confd.luxi");

    @Test
    void ownsNoSocketThreadClockOrDie() {
        ArchitectureRules.ownsNoSocket(LUXI).check(CLASSES);
        ArchitectureRules.ownsNoThread(LUXI).check(CLASSES);
        ArchitectureRules.readsNoClock(LUXI).check(CLASSES);
        ArchitectureRules.throwsNoDice(LUXI).check(CLASSES);
        assertThat(CLASSES).hasSizeGreaterThan(50);
    }

    @Test
    void onlyTheJobDirectoryReadsFiles() {
        ArchRuleDefinition.noClasses()
                .that()
                .doNotBelongToAnyOf(JobDirectory.class)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.nio.file..")
                .check(CLASSES);
    }
}
