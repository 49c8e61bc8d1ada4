package org.msgr2.crypto.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Map;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcePKCSPBEInputDecryptorProviderBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.jspecify.annotations.Nullable;

/** One PEM block with a private key, in any of the forms that are in use, as a key of the JDK's. */
final class PemKey {
    static final String EXPECTED =
            "a PEM block 'PRIVATE KEY', 'ENCRYPTED PRIVATE KEY', 'RSA PRIVATE KEY' or 'EC PRIVATE KEY'";

    private static final Map<ASN1ObjectIdentifier, String> ALGORITHMS = Map.of(
            PKCSObjectIdentifiers.rsaEncryption, "RSA",
            X9ObjectIdentifiers.id_ecPublicKey, "EC",
            EdECObjectIdentifiers.id_Ed25519, "Ed25519",
            EdECObjectIdentifiers.id_Ed448, "Ed448");

    private PemKey() {}

    /** @param file only for messages */
    static PrivateKey decode(PemObject block, char @Nullable [] password, Path file) throws IOException {
        if (!block.getHeaders().isEmpty()) {
            // OpenSSL before 1.0: its key derivation is one round of MD5.
            throw new IOException(file + ": encrypted in OpenSSL's old form, expected PKCS#8:"
                    + " convert it with 'openssl pkcs8 -topk8'");
        }
        byte[] content = block.getContent();
        try {
            return toKey(info(block.getType(), content, password, file), file);
        } catch (RuntimeException e) {
            // Bouncy Castle throws all sorts of them for bytes that are not ASN.1. Without the cause: it may quote
            // them.
            throw new IOException(file + ": the '" + block.getType() + "' in it is damaged, expected " + EXPECTED);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    private static PrivateKeyInfo info(String type, byte[] content, char @Nullable [] password, Path file)
            throws IOException {
        switch (type) {
            case "PRIVATE KEY" -> {
                return PrivateKeyInfo.getInstance(content);
            }
            case "ENCRYPTED PRIVATE KEY" -> {
                return decrypt(content, password, file);
            }
            case "RSA PRIVATE KEY" -> {
                return new PrivateKeyInfo(
                        new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                        RSAPrivateKey.getInstance(content));
            }
            case "EC PRIVATE KEY" -> {
                ECPrivateKey key = ECPrivateKey.getInstance(content);
                return new PrivateKeyInfo(
                        new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, key.getParametersObject()), key);
            }
            default -> throw new IOException(file + ": a '" + type + "' in it, expected " + EXPECTED);
        }
    }

    private static PrivateKeyInfo decrypt(byte[] content, char @Nullable [] password, Path file) throws IOException {
        if (password == null) {
            throw new IOException(file + ": the private key in it is encrypted, expected a password for it");
        }
        try {
            // Bouncy Castle's own ciphers: the JDK lacks some that other programs use. Not registered for anybody else.
            return new PKCS8EncryptedPrivateKeyInfo(content)
                    .decryptPrivateKeyInfo(new JcePKCSPBEInputDecryptorProviderBuilder()
                            .setProvider(new BouncyCastleProvider())
                            .build(password));
        } catch (PKCSException | IOException | RuntimeException e) {
            throw new IOException(
                    file + ": cannot decrypt the private key in it: the password is wrong, or the file is damaged");
        }
    }

    private static PrivateKey toKey(PrivateKeyInfo info, Path file) throws IOException {
        ASN1ObjectIdentifier oid = info.getPrivateKeyAlgorithm().getAlgorithm();
        String algorithm = ALGORITHMS.get(oid);
        if (algorithm == null) {
            throw new IOException(
                    file + ": a private key of algorithm " + oid + " in it, expected RSA, EC, Ed25519 or Ed448");
        }
        byte[] encoded = info.getEncoded();
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (GeneralSecurityException e) {
            // Without the cause, as above.
            throw new IOException(file + ": the JDK does not take the " + algorithm
                    + " key in it: damaged, or of a size or curve that is not supported");
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
    }
}
