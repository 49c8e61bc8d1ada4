package org.msgr2.crypto.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;
import org.jspecify.annotations.Nullable;
import org.msgr2.crypto.file.PrivateFile;

/**
 * Private keys and certificates in PEM files. Every error is one line that names the file and what was expected; none
 * shows what is in a key. Blocks on the file system: not for an event loop.
 */
public final class PemFiles {
    /** A system's bundle of all public authorities fits. */
    private static final int BYTES_MAX = 1 << 20;

    private static final String CERTIFICATE = "CERTIFICATE";

    private PemFiles() {}

    /**
     * Reads the first private key of a file; certificates beside it are passed over. Understands PKCS#8, plain or encrypted,
     * PKCS#1 (RSA) and SEC1 (EC).
     *
     * @param password for an encrypted key; stays the caller's to wipe
     * @throws IOException if others may read the file, too
     */
    public static PrivateKey privateKey(Path file, char @Nullable [] password) throws IOException {
        byte[] bytes = read(file, true);
        try (PemReader pem = reader(bytes)) {
            for (PemObject block = next(pem, file); block != null; block = next(pem, file)) {
                if (block.getType().endsWith("PRIVATE KEY")) {
                    return PemKey.decode(block, password, file);
                }
            }
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
        throw new IOException(file + ": no private key in it, expected " + PemKey.EXPECTED);
    }

    /**
     * Reads all certificates of a file, in their order; a key beside them is passed over.
     *
     * @return at least one
     */
    public static List<X509Certificate> certificates(Path file) throws IOException {
        List<X509Certificate> all = new ArrayList<>();
        try (PemReader pem = reader(read(file, false))) {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (PemObject block = next(pem, file); block != null; block = next(pem, file)) {
                if (block.getType().equals(CERTIFICATE)) {
                    InputStream content = new ByteArrayInputStream(block.getContent());
                    all.add((X509Certificate) factory.generateCertificate(content));
                }
            }
        } catch (CertificateException e) {
            throw new IOException(file + ": certificate " + (all.size() + 1) + " is damaged, expected X.509", e);
        }
        if (all.isEmpty()) {
            throw new IOException(file + ": no certificate in it, expected PEM blocks '" + CERTIFICATE + "'");
        }
        return List.copyOf(all);
    }

    /**
     * Writes an identity as two files, each atomically: first the certificates (0644), then the key (0600, PKCS#8, not
     * encrypted). Files that exist are replaced.
     */
    public static void write(TlsIdentity identity, Path certificates, Path key) throws IOException {
        byte[] secret = identity.key().getEncoded();
        byte[] pem = encode(List.of(new PemObject("PRIVATE KEY", secret)));
        try {
            List<PemObject> chain = new ArrayList<>();
            for (X509Certificate certificate : identity.chain()) {
                chain.add(new PemObject(CERTIFICATE, certificate.getEncoded()));
            }
            PrivateFile.replace(certificates, encode(chain), false);
            PrivateFile.replace(key, pem, true);
        } catch (CertificateException e) {
            throw new IOException(certificates + ": a certificate that cannot be encoded", e);
        } finally {
            Arrays.fill(secret, (byte) 0);
            Arrays.fill(pem, (byte) 0);
        }
    }

    private static byte[] encode(List<PemObject> blocks) throws IOException {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            for (PemObject block : blocks) {
                writer.writeObject(block);
            }
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] read(Path file, boolean secret) throws IOException {
        try {
            Optional<String> open = secret ? PrivateFile.openToOthers(file) : Optional.empty();
            if (open.isPresent()) {
                throw new IOException(file + ": " + open.get() + ": a private key is secret, use chmod 0600");
            }
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(BYTES_MAX + 1);
                if (bytes.length > BYTES_MAX) {
                    throw new IOException(file + ": more than " + BYTES_MAX + " bytes, expected a PEM file");
                }
                return bytes;
            }
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": no such file", e);
        }
    }

    private static PemReader reader(byte[] bytes) {
        return new PemReader(new StringReader(new String(bytes, StandardCharsets.US_ASCII)));
    }

    /** @return null at the end */
    private static @Nullable PemObject next(PemReader pem, Path file) throws IOException {
        try {
            return pem.readPemObject();
        } catch (IOException | RuntimeException e) {
            // Without the cause: it may quote a line of a key.
            throw new IOException(file + ": a PEM block in it is damaged, expected base64 between BEGIN and END lines");
        }
    }
}
