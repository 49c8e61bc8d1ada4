/** Keys, cephx, authenticated encryption of frames. */
@SuppressWarnings("module") // the digit in the name is the protocol's
module org.msgr2.crypto {
    requires static transitive org.jspecify;
    requires transitive org.msgr2.core;
    requires io.netty.handler;
    requires org.bouncycastle.pkix;
    requires org.bouncycastle.provider;
    requires org.bouncycastle.util;

    exports org.msgr2.crypto.auth;
    exports org.msgr2.crypto.auth.cephx;
    exports org.msgr2.crypto.auth.none;
    exports org.msgr2.crypto.key;
    exports org.msgr2.crypto.onwire;
    exports org.msgr2.crypto.tls;

    // A faster one than the JDK's, if there is one
    uses java.security.Provider;
}
