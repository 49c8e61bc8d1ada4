package org.msgr2.examples.interop;

import java.util.Arrays;
import java.util.List;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.ConnectionMode;

/** The ways in which a client and a daemon can come to a session: who proves what, and what protects the frames. */
enum ClientLogin {
    NONE_CRC(CephSettings.Auth.NONE, ConnectionMode.CRC),
    CEPHX_CRC(CephSettings.Auth.CEPHX, ConnectionMode.CRC),
    CEPHX_SECURE(CephSettings.Auth.CEPHX, ConnectionMode.SECURE);

    private final CephSettings.Auth auth;
    private final ConnectionMode mode;

    ClientLogin(CephSettings.Auth auth, ConnectionMode mode) {
        this.auth = auth;
        this.mode = mode;
    }

    /** Those that a cluster with such authentication accepts. */
    static List<ClientLogin> with(CephSettings.Auth auth) {
        return Arrays.stream(values()).filter(login -> login.auth == auth).toList();
    }

    CephSettings.Auth auth() {
        return auth;
    }

    AuthMethod method() {
        return auth == CephSettings.Auth.NONE ? AuthMethod.NONE : AuthMethod.CEPHX;
    }

    ConnectionMode mode() {
        return mode;
    }
}
