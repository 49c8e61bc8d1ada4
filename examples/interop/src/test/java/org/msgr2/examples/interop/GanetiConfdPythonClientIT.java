package org.msgr2.examples.interop;

import java.io.IOException;

/** Ganeti's own client and its own daemon: what the others are measured by. */
final class GanetiConfdPythonClientIT extends GanetiPythonClientContract {

    @Override
    ConfdDaemon start(ConfdHost files) throws IOException {
        return GanetiConfd.start(GanetiInstalled.here(), files);
    }

    @Override
    boolean takesFieldNumbersAsStrings() {
        return false;
    }
}
