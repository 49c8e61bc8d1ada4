package org.msgr2.examples.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class CephProgramsIT {
    @Test
    void aMonitorIsInstalled() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(Peers.program("ceph-mon").toString(), "--version")
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        assertThat(new String(process.getInputStream().readAllBytes(), UTF_8)).contains("ceph version");
        assertThat(process.waitFor()).isZero();
    }
}
