package org.msgr2.core.frame;

import org.msgr2.core.feature.BannerFeatures;

/** The two layouts of frames. Chosen per connection by what the peer's banner supports, from the first frame on. */
public enum Revision {
    /** Before 14.2.11: every crc in an epilogue that each frame has. */
    MSGR2_0("msgr2.0"),
    /** The first segment has its crc behind it; frames of one segment have no epilogue. */
    MSGR2_1("msgr2.1");

    private final String label;

    Revision(String label) {
        this.label = label;
    }

    /** What to speak with a peer of these features (spec/msgr2 §1.1). */
    public static Revision of(BannerFeatures peerSupported) {
        return peerSupported.containsAll(BannerFeatures.REVISION_1) ? MSGR2_1 : MSGR2_0;
    }

    @Override
    public String toString() {
        return label;
    }
}
