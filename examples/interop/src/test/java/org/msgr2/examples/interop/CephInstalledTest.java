package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CephInstalledTest {

    @TempDir
    private Path first;

    @TempDir
    private Path second;

    @Test
    void findsAProgramInTheFirstPlaceThatHasIt() throws IOException {
        Path inSecond = program(second, "ceph-mon", "rwx------");
        CephInstalled installed = new CephInstalled(List.of(first, second));
        assertThat(installed.find(CephProgram.MON)).contains(inSecond);

        Path inFirst = program(first, "ceph-mon", "rwx------");
        assertThat(installed.find(CephProgram.MON)).contains(inFirst);
    }

    @Test
    void aFileThatCannotBeExecutedIsNotAProgram() throws IOException {
        program(first, "ceph-mon", "rw-------");
        assertThat(new CephInstalled(List.of(first)).find(CephProgram.MON)).isEmpty();
    }

    @Test
    void saysWhichPackagesBringWhatIsMissing() throws IOException {
        program(first, "monmaptool", "rwx------");
        CephInstalled installed = new CephInstalled(List.of(first));

        assertThat(installed.missing(EnumSet.of(CephProgram.MON, CephProgram.MONMAPTOOL, CephProgram.CEPH)))
                .contains("ceph-mon, ceph not installed (apt-get install ceph-mon ceph-common)");
        assertThat(installed.missing(EnumSet.of(CephProgram.CEPH, CephProgram.RADOS)))
                .contains("ceph, rados not installed (apt-get install ceph-common)");
        assertThat(installed.missing(EnumSet.of(CephProgram.MONMAPTOOL))).isEmpty();
        assertThatThrownBy(() -> installed.get(CephProgram.OSD))
                .isInstanceOf(PeerException.class)
                .hasMessage("ceph-osd not installed (apt-get install ceph-osd)");
    }

    private static Path program(Path place, String name, String permissions) throws IOException {
        Path file = Files.writeString(place.resolve(name), "#!/bin/sh\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }
}
