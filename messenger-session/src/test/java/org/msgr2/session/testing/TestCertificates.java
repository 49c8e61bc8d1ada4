package org.msgr2.session.testing;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.IPAddress;
import org.msgr2.crypto.tls.SelfSigned;
import org.msgr2.crypto.tls.TlsConfig;
import org.msgr2.crypto.tls.TlsContext;
import org.msgr2.crypto.tls.TlsIdentity;
import org.msgr2.crypto.tls.TlsProvider;
import org.msgr2.crypto.tls.TlsTrust;

/** An authority that signs whatever a test wants signed. Its keys are made for the test and kept nowhere. Thread-safe. */
public final class TestCertificates {
    private static final Duration DAY = Duration.ofDays(1);
    private static final Map<TlsProvider, TlsContext> LOCAL = new EnumMap<>(TlsProvider.class);
    private static final AtomicLong SERIAL = new AtomicLong(1);

    private final X500Name name;
    private final KeyPair keys = newKeys();
    private final X509Certificate certificate;

    public TestCertificates(String commonName) {
        name = new X500Name("CN=" + commonName);
        Instant now = Instant.now();
        certificate = sign(name, keys, now.minus(DAY), now.plus(DAY), true, List.of());
    }

    /** The authority itself: what trusts everything that it has signed. */
    public X509Certificate certificate() {
        return certificate;
    }

    /** Trust in this authority alone. */
    public TlsTrust trust() {
        return TlsTrust.authorities(List.of(certificate));
    }

    /** A key and a certificate, good for a day in each direction. */
    public TlsIdentity issue(String commonName, String... names) {
        Instant now = Instant.now();
        return issue(commonName, now.minus(DAY), now.plus(DAY), names);
    }

    public TlsIdentity issue(String commonName, Instant from, Instant until, String... names) {
        KeyPair own = newKeys();
        X500Name subject = new X500Name("CN=" + commonName);
        return new TlsIdentity(own.getPrivate(), List.of(sign(subject, own, from, until, false, List.of(names))));
    }

    private X509Certificate sign(
            X500Name subject, KeyPair own, Instant from, Instant until, boolean authority, List<String> names) {
        PrivateKey signer = keys.getPrivate();
        try {
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                            name,
                            BigInteger.valueOf(SERIAL.getAndIncrement()),
                            Date.from(from),
                            Date.from(until),
                            subject,
                            own.getPublic())
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            if (!names.isEmpty()) {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(names.stream()
                                .map(text -> new GeneralName(
                                        IPAddress.isValid(text) ? GeneralName.iPAddress : GeneralName.dNSName, text))
                                .toArray(GeneralName[]::new)));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer)));
        } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
            throw new IllegalStateException("cannot make a certificate for a test", e);
        }
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot make a key for a test", e);
        }
    }

    /** For both ends of any connection on this machine; one per provider, as long as the tests run. */
    public static TlsContext localContext(TlsProvider provider) {
        synchronized (LOCAL) {
            return LOCAL.computeIfAbsent(provider, by -> {
                TlsIdentity identity = SelfSigned.local(Instant.now());
                return context(TlsConfig.server(identity)
                        .withTrust(TlsTrust.authorities(identity.chain()))
                        .withProvider(by));
            });
        }
    }

    /** A context, without the exception that a test does not expect. */
    public static TlsContext context(TlsConfig config) {
        try {
            return TlsContext.of(config);
        } catch (SSLException e) {
            throw new IllegalStateException("TLS is not available", e);
        }
    }
}
