package org.msgr2.crypto.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;

/** Whose TLS it is. */
public enum TlsProvider {
    /** BoringSSL by netty-tcnative, if the application has it on its class path: faster, and most of its memory is not heap. */
    OPENSSL {
        @Override
        public boolean isAvailable() {
            return OpenSsl.isAvailable();
        }

        @Override
        public String description() {
            return isAvailable() ? OpenSsl.versionString() + " (netty-tcnative)" : "netty-tcnative, not available";
        }

        @Override
        SslProvider netty() {
            // Not the reference-counted sort: a context has no owner that would know when to release it.
            return SslProvider.OPENSSL;
        }
    },

    /** The JDK's own: works everywhere. */
    JDK {
        @Override
        public boolean isAvailable() {
            return true;
        }

        @Override
        public String description() {
            return "JDK " + Runtime.version().feature();
        }

        @Override
        SslProvider netty() {
            return SslProvider.JDK;
        }
    };

    /** Whether this process can use it. */
    public abstract boolean isAvailable();

    /** For logs: {@code BoringSSL (netty-tcnative)}. */
    public abstract String description();

    abstract SslProvider netty();

    /** BoringSSL if it is there, else the JDK. */
    public static TlsProvider best() {
        return OPENSSL.isAvailable() ? OPENSSL : JDK;
    }
}
