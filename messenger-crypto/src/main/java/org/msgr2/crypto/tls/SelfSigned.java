package org.msgr2.crypto.tls;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.IPAddress;

/**
 * Key pairs with a certificate that they have signed themselves: for development, and for peers that pin the fingerprint. EC
 * P-256, good for both ends of a connection, and no authority for anything else.
 */
public final class SelfSigned {
    /** What a node on this machine is called. */
    public static final List<String> LOCAL_NAMES = List.of("localhost", "127.0.0.1", "::1");

    public static final Duration VALIDITY_DEFAULT = Duration.ofDays(30);

    /** As long as browsers allow. */
    public static final Duration VALIDITY_MAX = Duration.ofDays(397);

    /** Clocks of peers differ. */
    private static final Duration BACKDATED = Duration.ofMinutes(5);

    private static final int NAMES_MAX = 64;
    private static final int SERIAL_BYTES = 16;
    /** A common name has no more (RFC 5280, ub-common-name). */
    private static final int COMMON_NAME_CHARS_MAX = 64;

    private SelfSigned() {}

    /** For this machine, for the default time. */
    public static TlsIdentity local(Instant now) {
        return make(LOCAL_NAMES, now, VALIDITY_DEFAULT);
    }

    /**
     * @param names DNS names and IP addresses by which peers dial; the first becomes the subject
     * @param now from when on, with some minutes to spare
     * @param validity how long
     */
    public static TlsIdentity make(List<String> names, Instant now, Duration validity) {
        if (names.isEmpty() || names.size() > NAMES_MAX) {
            throw new IllegalArgumentException(names.size() + " names, expected 1 to " + NAMES_MAX);
        }
        if (validity.isNegative() || validity.isZero() || validity.compareTo(VALIDITY_MAX) > 0) {
            throw new IllegalArgumentException("a validity of " + validity + ", expected at most " + VALIDITY_MAX);
        }
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            return new TlsIdentity(pair.getPrivate(), List.of(certificate(pair, names, now, validity)));
        } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
            throw new IllegalStateException("cannot make a certificate", e);
        }
    }

    private static X509Certificate certificate(KeyPair pair, List<String> names, Instant now, Duration validity)
            throws GeneralSecurityException, OperatorCreationException, CertIOException {
        X500Name subject = new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.CN, shortened(names.get(0)))
                .build();
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                        subject,
                        serial(pair),
                        Date.from(now.minus(BACKDATED)),
                        Date.from(now.plus(validity)),
                        subject,
                        pair.getPublic())
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                    KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                }))
                .addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(
                                names.stream().map(SelfSigned::generalName).toArray(GeneralName[]::new)));
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
    }

    private static String shortened(String name) {
        return name.substring(0, Math.min(name.length(), COMMON_NAME_CHARS_MAX));
    }

    /** As random as the key is, so no two certificates share one. */
    private static BigInteger serial(KeyPair pair) throws GeneralSecurityException {
        byte[] digest =
                MessageDigest.getInstance("SHA-256").digest(pair.getPublic().getEncoded());
        return new BigInteger(1, Arrays.copyOf(digest, SERIAL_BYTES));
    }

    private static GeneralName generalName(String name) {
        return IPAddress.isValid(name)
                ? new GeneralName(GeneralName.iPAddress, name)
                : new GeneralName(GeneralName.dNSName, name);
    }
}
