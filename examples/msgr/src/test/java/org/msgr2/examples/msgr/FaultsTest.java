package org.msgr2.examples.msgr;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;

class FaultsTest {
    @Test
    void theOperatingSystemHasTheWord() {
        Throwable native1 = new ConnectException("finishConnect(..) failed with error(-111): Connection refused");
        assertThat(Faults.root(new ProtocolException(FaultKind.TRANSPORT, "cannot connect", native1).fromPeer("v2:x")))
                .isEqualTo("Connection refused");
        assertThat(Faults.root(new IOException("bind failed", new IOException("bind(..) failed: in use"))))
                .isEqualTo("in use");
        assertThat(Faults.root(new ConnectException())).isEqualTo("ConnectException");
    }

    @Test
    void afaultOfTheProtocolKeepsItsFrameAndLosesItsPeer() {
        ProtocolException fault = new ProtocolException(FaultKind.AUTH, "not you")
                .inFrame("AUTH_DONE")
                .fromPeer("v2:1.2.3.4:5/0");
        assertThat(Faults.root(new IllegalStateException(fault))).isEqualTo("AUTH_DONE: not you");
    }

    @Test
    void aFaultOfTlsIsInOurWords() {
        Throwable engine = new SSLHandshakeException("error:1000045c:SSL routines:OPENSSL_internal:TLSV1_ALERT");
        assertThat(Faults.root(new ProtocolException(FaultKind.AUTH, "no certificate", engine).fromPeer("v2:x")))
                .isEqualTo("no certificate");
        assertThat(Faults.root(new ProtocolException(FaultKind.TRANSPORT, "TLS failed", engine)))
                .isEqualTo("TLS failed");
    }

    @Test
    void filesHaveWordsOfTheirOwn() {
        assertThat(Faults.file(new NoSuchFileException("f"))).isEqualTo("no such file or directory");
        assertThat(Faults.file(new AccessDeniedException("f"))).isEqualTo("permission denied");
        assertThat(Faults.file(new MalformedInputException(1))).isEqualTo("not UTF-8 text");
        assertThat(Faults.file(new FileSystemException("f", null, "Is a directory")))
                .isEqualTo("Is a directory");
        assertThat(Faults.file(new IOException("odd\nthing"))).isEqualTo("odd; thing");
        assertThat(Faults.file(new IOException())).isEqualTo("IOException");
    }
}
