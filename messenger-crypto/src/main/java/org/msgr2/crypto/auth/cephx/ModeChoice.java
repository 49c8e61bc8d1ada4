package org.msgr2.crypto.auth.cephx;

import java.util.List;
import org.msgr2.crypto.auth.ConnectionMode;

/** Which connection mode it will be (spec/msgr2 §3.3). */
final class ModeChoice {
    private ModeChoice() {}

    /**
     * The first that the connector prefers and we allow; {@link ConnectionMode#UNKNOWN} if there is none.
     *
     * @param preferred codes in the connector's order; empty means crc (observed)
     */
    static ConnectionMode of(List<Integer> preferred, List<ConnectionMode> allowed) {
        List<Integer> codes = preferred.isEmpty() ? List.of(ConnectionMode.CRC.code()) : preferred;
        for (int code : codes) {
            ConnectionMode mode = ConnectionMode.ofCode(code);
            if (mode != ConnectionMode.UNKNOWN && allowed.contains(mode)) {
                return mode;
            }
        }
        return ConnectionMode.UNKNOWN;
    }
}
