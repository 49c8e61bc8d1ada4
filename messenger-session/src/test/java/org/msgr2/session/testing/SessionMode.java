package org.msgr2.session.testing;

import java.util.List;
import java.util.stream.Stream;
import org.msgr2.core.feature.BannerFeatures;
import org.msgr2.core.frame.Revision;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.session.Messenger;

/** How bytes are protected and laid out: what every scenario of a session is played in (spec/msgr2 §8). */
public enum SessionMode {
    CRC(Revision.MSGR2_1, ConnectionMode.CRC),
    SECURE(Revision.MSGR2_1, ConnectionMode.SECURE),
    CRC_OF_MSGR20(Revision.MSGR2_0, ConnectionMode.CRC),
    SECURE_OF_MSGR20(Revision.MSGR2_0, ConnectionMode.SECURE);

    private final Revision revision;
    private final ConnectionMode mode;

    SessionMode(Revision revision, ConnectionMode mode) {
        this.revision = revision;
        this.mode = mode;
    }

    public Revision revision() {
        return revision;
    }

    public ConnectionMode mode() {
        return mode;
    }

    /** Only with a connection secret, and so with cephx. */
    public boolean isSecure() {
        return mode == ConnectionMode.SECURE;
    }

    public static Stream<SessionMode> all() {
        return Stream.of(values());
    }

    /**
     * Makes a messenger speak like this.
     *
     * @param realm authenticates everybody in secure mode; otherwise nobody is
     * @param name the messenger's
     */
    public Messenger.Builder configure(Messenger.Builder builder, CephxRealm realm, String name) {
        BannerFeatures banner = revision == Revision.MSGR2_1 ? BannerFeatures.REVISION_1 : BannerFeatures.NONE;
        builder.bannerFeatures(banner, BannerFeatures.NONE).allowWeakSecureMode(this == SECURE_OF_MSGR20);
        return isSecure() ? builder.auth(self -> realm.auth(name, List.of(mode))) : builder;
    }
}
