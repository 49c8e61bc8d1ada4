package org.msgr2.core.frame;

import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;

/**
 * Whether a frame that was begun is valid: a sender that changes its mind in mid-frame fills the rest with zeros and says
 * ABORTED in the epilogue. msgr2.0 has a flag, msgr2.1 a code word in the low nibble (spec/msgr2 §2.5).
 */
public enum LateStatus {
    ABORTED(0x1),
    COMPLETE(0xe);

    private static final int NIBBLE = 0x0f;
    private static final int FLAG_ABORTED = 0x01;

    private final int nibble;

    LateStatus(int nibble) {
        this.nibble = nibble;
    }

    int toWire(Revision revision) {
        if (revision == Revision.MSGR2_0) {
            return this == ABORTED ? FLAG_ABORTED : 0;
        }
        return nibble;
    }

    static LateStatus fromWire(Revision revision, int value) throws ProtocolException {
        if (revision == Revision.MSGR2_0) {
            return (value & FLAG_ABORTED) != 0 ? ABORTED : COMPLETE;
        }
        // Ceph masks the high nibble, which is reserved for more code words.
        for (LateStatus status : values()) {
            if (status.nibble == (value & NIBBLE)) {
                return status;
            }
        }
        throw new ProtocolException(
                FaultKind.MALFORMED,
                "late_status 0x" + Integer.toHexString(value) + " is neither complete nor aborted");
    }
}
