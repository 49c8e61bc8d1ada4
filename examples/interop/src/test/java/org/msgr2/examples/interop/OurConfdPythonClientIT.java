package org.msgr2.examples.interop;

import java.io.IOException;

/** Ganeti's own client asks our confd. */
final class OurConfdPythonClientIT extends GanetiPythonClientContract {

    @Override
    ConfdDaemon start(ConfdHost files) throws IOException {
        return OurConfd.start(files);
    }

    /** It takes the requests of all releases. */
    @Override
    boolean takesFieldNumbersAsStrings() {
        return true;
    }
}
