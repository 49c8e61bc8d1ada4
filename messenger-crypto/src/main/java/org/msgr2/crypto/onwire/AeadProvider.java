package org.msgr2.crypto.onwire;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/**
 * Whose AES-128-GCM it is. The Amazon Corretto Crypto Provider, when its jar is on the class path and works here, is two
 * to four times as fast as the JDK; it is used for frames only and not installed for the rest of the process. Immutable and
 * thread-safe.
 */
public final class AeadProvider {
    private static final String TRANSFORMATION = "AES/GCM/NoPadding";
    private static final String CORRETTO = "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider";

    /** Found once per process. */
    private static final class Found {
        private static final AeadProvider JDK = new AeadProvider(null, JcaAead.Chunking.SMALL);
        private static final Optional<AeadProvider> CORRETTO = findCorretto();
        private static final AeadProvider PREFERRED = CORRETTO.orElse(JDK);
    }

    /** Null for whatever provider the JDK is set up to prefer. */
    private final @Nullable Provider provider;

    private final JcaAead.Chunking chunking;

    private AeadProvider(@Nullable Provider provider, JcaAead.Chunking chunking) {
        this.provider = provider;
        this.chunking = chunking;
    }

    /** The fastest. */
    public static AeadProvider preferred() {
        return Found.PREFERRED;
    }

    /** The JDK's, or whichever its security configuration puts before it. */
    public static AeadProvider jdk() {
        return Found.JDK;
    }

    /** Amazon's, if it is here. */
    public static Optional<AeadProvider> corretto() {
        return Found.CORRETTO;
    }

    private static Optional<AeadProvider> findCorretto() {
        try {
            return ServiceLoader.load(Provider.class, AeadProvider.class.getClassLoader()).stream()
                    .filter(candidate -> candidate.type().getName().equals(CORRETTO))
                    .map(candidate -> new AeadProvider(candidate.get(), JcaAead.Chunking.NONE))
                    .filter(AeadProvider::works)
                    .findFirst();
        } catch (ServiceConfigurationError | LinkageError e) {
            // A jar for another platform, or another provider's broken one: nothing that should keep us from starting.
            return Optional.empty();
        }
    }

    /** On the wrong platform its classes load and its native code does not. Believed after a known answer only. */
    private boolean works() {
        // Case 2 of the GCM specification: everything is zero.
        byte[] expected = HexFormat.of().parseHex("0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf");
        byte[] sealed = new byte[expected.length];
        byte[] opened = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
        byte[] nonce = new byte[Aead.NONCE_BYTES];
        try (Aead aead = create(new byte[Aead.KEY_BYTES])) {
            aead.seal(nonce, new byte[opened.length], 0, opened.length, sealed, 0);
            aead.open(nonce, sealed, 0, sealed.length, opened, 0);
            return Arrays.equals(sealed, expected) && Arrays.equals(opened, new byte[opened.length]);
        } catch (AEADBadTagException | RuntimeException e) {
            return false;
        }
    }

    /** @param key 16 bytes; copied */
    public Aead create(byte[] key) {
        return new JcaAead(cipher(), key, chunking);
    }

    private Cipher cipher() {
        try {
            return provider == null ? Cipher.getInstance(TRANSFORMATION) : Cipher.getInstance(TRANSFORMATION, provider);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("there is no " + TRANSFORMATION, e);
        }
    }

    /** For logs: {@code AES-128-GCM by AmazonCorrettoCryptoProvider 2.5.0}, {@code AES-128-GCM by the JDK 17}. */
    public String description() {
        Provider used = cipher().getProvider();
        return "AES-128-GCM by "
                + (used.getName().equals("SunJCE")
                        ? "the JDK " + Runtime.version().feature()
                        : used.getName() + " " + used.getVersionStr());
    }

    @Override
    public String toString() {
        return description();
    }
}
