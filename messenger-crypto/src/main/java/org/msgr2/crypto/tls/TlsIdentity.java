package org.msgr2.crypto.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A private key, and the certificates that say whose it is. Immutable; {@link #toString} shows nothing secret.
 *
 * @param key RSA, EC or EdDSA
 * @param chain the key's own certificate first, then those that lead to an authority
 */
public record TlsIdentity(PrivateKey key, List<X509Certificate> chain) {

    /** @throws IllegalArgumentException if the key is not the one of the first certificate */
    public TlsIdentity {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("a key without a certificate");
        }
        if (!belongTogether(key, chain.get(0).getPublicKey())) {
            throw new IllegalArgumentException("the private key does not belong to the certificate of "
                    + CertificateText.subject(chain.get(0)) + ", which is the first of the chain");
        }
    }

    /**
     * Reads PEM files; they may be one file. Blocks on the file system.
     *
     * @param password for an encrypted key; stays the caller's to wipe
     * @throws IOException in one line that names the file and what was expected
     */
    public static TlsIdentity read(Path certificates, Path key, char @Nullable [] password) throws IOException {
        List<X509Certificate> chain = PemFiles.certificates(certificates);
        PrivateKey secret = PemFiles.privateKey(key, password);
        if (!belongTogether(secret, chain.get(0).getPublicKey())) {
            throw new IOException(key + ": this private key does not belong to the first certificate in " + certificates
                    + ", which is that of " + CertificateText.subject(chain.get(0)));
        }
        return new TlsIdentity(secret, chain);
    }

    /** Keys have no common way to be compared: what the one signs the other has to verify. */
    private static boolean belongTogether(PrivateKey secret, PublicKey shown) {
        String algorithm = switch (secret.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "EdDSA", "Ed25519", "Ed448" -> "EdDSA";
            default ->
                throw new IllegalArgumentException(
                        "a private key of type " + secret.getAlgorithm() + ", expected RSA, EC or EdDSA");
        };
        byte[] challenge = {'m', 's', 'g', 'r', '2'};
        try {
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(secret);
            signer.update(challenge);
            byte[] signature = signer.sign();
            Signature verifier = Signature.getInstance(algorithm);
            verifier.initVerify(shown);
            verifier.update(challenge);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false; // of different types, or of different sizes
        }
    }

    /** Of the key's own certificate: what a peer can pin. */
    public Fingerprint fingerprint() {
        return Fingerprint.of(chain.get(0));
    }

    @Override
    public String toString() {
        return CertificateText.describe(chain.get(0));
    }
}
