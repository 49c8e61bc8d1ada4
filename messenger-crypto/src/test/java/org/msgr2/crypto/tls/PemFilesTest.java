package org.msgr2.crypto.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemObjectGenerator;
import org.bouncycastle.util.io.pem.PemWriter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PemFilesTest {
    private static final char[] PASSWORD = "correct horse".toCharArray();
    private static KeyPair rsa;
    private static KeyPair ec;

    @TempDir
    private Path directory;

    @BeforeAll
    static void makeKeys() throws Exception {
        rsa = keyPair("RSA", new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4));
        ec = keyPair("EC", new ECGenParameterSpec("secp256r1"));
    }

    // --- Keys that are read

    @Test
    void readsPkcs8OfEveryAlgorithm() throws Exception {
        for (KeyPair pair : List.of(
                rsa, ec, keyPair("Ed25519", NamedParameterSpec.ED25519), keyPair("Ed448", NamedParameterSpec.ED448))) {
            Path file = keyFile(pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
            assertThat(PemFiles.privateKey(file, null)).isEqualTo(pair.getPrivate());
        }
    }

    @Test
    void readsPkcs1() throws Exception {
        Path file = keyFile(pem("RSA PRIVATE KEY", inner(rsa)));
        assertThat(PemFiles.privateKey(file, null)).isEqualTo(rsa.getPrivate());
    }

    @Test
    void readsSec1WithItsParametersBeforeIt() throws Exception {
        byte[] curve = new ASN1ObjectIdentifier("1.2.840.10045.3.1.7").getEncoded();
        Path file = keyFile(pem("EC PARAMETERS", curve) + pem("EC PRIVATE KEY", sec1()));
        ECPrivateKey read = (ECPrivateKey) PemFiles.privateKey(file, null);
        assertThat(read.getS()).isEqualTo(((ECPrivateKey) ec.getPrivate()).getS());
        assertThat(read.getParams().getOrder().bitLength()).isEqualTo(256);
    }

    @ParameterizedTest
    @CsvSource({"AES_128_CBC", "AES_256_CBC", "DES3_CBC", "PBE_SHA1_3DES"})
    void readsEncryptedPkcs8(String cipher) throws Exception {
        Path file = keyFile(encrypted(cipher));
        assertThat(PemFiles.privateKey(file, PASSWORD)).isEqualTo(ec.getPrivate());
        assertThat(PASSWORD).isEqualTo("correct horse".toCharArray());
    }

    @Test
    void readsAKeyThatStandsBehindItsCertificateAndSomeText() throws Exception {
        TlsIdentity identity = SelfSigned.local(Instant.now());
        Path file = keyFile("Bag Attributes\n    friendlyName: node\n"
                + pem("CERTIFICATE", identity.chain().get(0).getEncoded())
                + pem("PRIVATE KEY", identity.key().getEncoded()));
        assertThat(TlsIdentity.read(file, file, null)).isEqualTo(identity);
    }

    // --- Keys that are refused

    @Test
    void asksForThePasswordOfAnEncryptedKey() throws Exception {
        assertRefused(keyFile(encrypted("AES_256_CBC")), null, "is encrypted, expected a password");
    }

    @Test
    void saysThatAPasswordIsWrong() throws Exception {
        for (String cipher : List.of("AES_256_CBC", "PBE_SHA1_3DES")) {
            assertRefused(keyFile(encrypted(cipher)), "wrong".toCharArray(), "the password is wrong");
        }
    }

    @Test
    void refusesOpenSslsOldEncryption() throws Exception {
        Path file = keyFile("""
                -----BEGIN RSA PRIVATE KEY-----
                Proc-Type: 4,ENCRYPTED
                DEK-Info: AES-128-CBC,00000000000000000000000000000000

                AAAA
                -----END RSA PRIVATE KEY-----
                """);
        assertRefused(file, PASSWORD, "openssl pkcs8 -topk8");
    }

    @Test
    void refusesAFileWithoutAKey() throws Exception {
        assertRefused(keyFile(""), null, "no private key in it", "'EC PRIVATE KEY'");
        assertRefused(keyFile("hello\n"), null, "no private key in it");
        byte[] certificate = SelfSigned.local(Instant.now()).chain().get(0).getEncoded();
        assertRefused(keyFile(pem("CERTIFICATE", certificate)), null, "no private key in it");
    }

    @Test
    void refusesAKeyOfAnotherSort() throws Exception {
        assertRefused(keyFile(pem("DSA PRIVATE KEY", new byte[] {48, 0})), null, "a 'DSA PRIVATE KEY' in it");
        assertRefused(keyFile(pem("OPENSSH PRIVATE KEY", new byte[100])), null, "a 'OPENSSH PRIVATE KEY' in it");
        byte[] dh = keyPair("X25519", NamedParameterSpec.X25519).getPrivate().getEncoded();
        assertRefused(keyFile(pem("PRIVATE KEY", dh)), null, "algorithm 1.3.101.110", "expected RSA, EC");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"})
    void refusesGarbageInEveryForm(String type) throws Exception {
        Random random = new Random(5);
        byte[] whole = type.startsWith("RSA") ? inner(rsa) : ec.getPrivate().getEncoded();
        for (int round = 0; round < 200; round++) {
            byte[] bytes = round % 2 == 0 ? new byte[random.nextInt(300)] : whole.clone();
            if (round % 2 == 0) {
                random.nextBytes(bytes);
            } else {
                bytes[random.nextInt(20)] ^= (byte) (1 << random.nextInt(8));
            }
            Path file = keyFile(pem(type, bytes));
            Throwable thrown = catchThrowable(() -> PemFiles.privateKey(file, PASSWORD));
            if (thrown != null) {
                assertThat(thrown).isInstanceOf(IOException.class).hasMessageStartingWith(file.toString());
            }
        }
    }

    @Test
    void refusesDamagedPem() throws Exception {
        String whole = pem("PRIVATE KEY", ec.getPrivate().getEncoded());
        assertRefused(keyFile(whole.replace("-----END", "-----AND")), null, "damaged", "BEGIN and END");
        assertRefused(keyFile(whole.replaceFirst("\n.", "\n*")), null, "damaged");
        assertRefused(keyFile(whole.substring(0, whole.length() / 2)), null, "damaged");
    }

    @Test
    void refusesWhatIsTooLargeOrMissing() throws Exception {
        assertRefused(keyFile("\n".repeat((1 << 20) + 1)), null, "more than 1048576 bytes");
        assertRefused(directory.resolve("missing.pem"), null, "no such file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r--r--", "rw----r--", "rw-rw----", "rw-----w-"})
    void refusesAPrivateKeyThatIsOpenToOthers(String permissions) throws Exception {
        Path file = keyFile(pem("PRIVATE KEY", ec.getPrivate().getEncoded()));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        assertRefused(file, null, "open to others (" + permissions + ")", "chmod 0600");
    }

    @Test
    void letsTheOwnersGroupReadAKey() throws Exception {
        Path file = keyFile(pem("PRIVATE KEY", ec.getPrivate().getEncoded()));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(PemFiles.privateKey(file, null)).isEqualTo(ec.getPrivate());
    }

    private void assertRefused(Path file, char[] password, String... words) throws IOException {
        assertThatThrownBy(() -> PemFiles.privateKey(file, password))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContainingAll(words)
                .satisfies(thrown -> assertThat(thrown.getMessage()).hasLineCount(1))
                .satisfies(thrown -> assertNothingQuoted(thrown, file));
    }

    /** No line of the file is in the message, or in that of a cause. */
    private static void assertNothingQuoted(Throwable thrown, Path file) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        for (String line : Files.readString(file, US_ASCII).lines().toList()) {
            if (line.length() > 8 && !line.startsWith("--")) {
                assertThat(thrown).hasStackTraceContaining(file.toString());
                assertThat(stackTrace(thrown)).doesNotContain(line.substring(0, 9));
            }
        }
    }

    private static String stackTrace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    // --- Certificates

    @Test
    void readsAChainInItsOrder() throws Exception {
        TlsIdentity first = SelfSigned.local(Instant.now());
        TlsIdentity second = SelfSigned.local(Instant.now());
        Path file = Files.writeString(
                directory.resolve("chain.pem"),
                pem("CERTIFICATE", first.chain().get(0).getEncoded())
                        + pem("PRIVATE KEY", first.key().getEncoded())
                        + pem("CERTIFICATE", second.chain().get(0).getEncoded()));
        assertThat(PemFiles.certificates(file))
                .containsExactly(first.chain().get(0), second.chain().get(0));
    }

    @Test
    void refusesAFileWithoutCertificates() throws Exception {
        Path file = keyFile(pem("PRIVATE KEY", ec.getPrivate().getEncoded()));
        assertThatThrownBy(() -> PemFiles.certificates(file))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ": no certificate in it, expected PEM blocks 'CERTIFICATE'");
        Path missing = directory.resolve("missing.pem");
        assertThatThrownBy(() -> PemFiles.certificates(missing)).hasMessage(missing + ": no such file");
    }

    @Test
    void refusesADamagedCertificateAndSaysWhich() throws Exception {
        byte[] whole = SelfSigned.local(Instant.now()).chain().get(0).getEncoded();
        Path file = Files.writeString(
                directory.resolve("chain.pem"), pem("CERTIFICATE", whole) + pem("CERTIFICATE", new byte[] {1, 2, 3}));
        assertThatThrownBy(() -> PemFiles.certificates(file))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ": certificate 2 is damaged, expected X.509");
    }

    // --- Both

    @Test
    void writesWhatItReads() throws Exception {
        TlsIdentity identity = SelfSigned.local(Instant.now());
        Path certificates = directory.resolve("cert.pem");
        Path key = directory.resolve("key.pem");
        Files.writeString(key, "an older one");
        PemFiles.write(identity, certificates, key);
        assertThat(TlsIdentity.read(certificates, key, null)).isEqualTo(identity);
        if (isPosix()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                    .isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(certificates)))
                    .isEqualTo("rw-r--r--");
        }
        try (var files = Files.list(directory)) {
            assertThat(files).as("no temporary file stays").containsExactlyInAnyOrder(certificates, key);
        }
    }

    @Test
    void refusesAKeyThatIsNotTheCertificates() throws Exception {
        TlsIdentity one = SelfSigned.local(Instant.now());
        TlsIdentity other = SelfSigned.local(Instant.now());
        Path certificates = directory.resolve("cert.pem");
        Path key = directory.resolve("key.pem");
        PemFiles.write(one, certificates, key);
        PemFiles.write(other, certificates, directory.resolve("other.pem"));
        assertThatThrownBy(() -> TlsIdentity.read(certificates, key, null))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(key + ": this private key does not belong to the first certificate in "
                        + certificates + ", which is that of CN=localhost");
        for (PrivateKey foreign : List.of(rsa.getPrivate(), ec.getPrivate())) {
            assertThatThrownBy(() -> new TlsIdentity(foreign, one.chain()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("does not belong");
        }
    }

    // --- What the tests are made of

    private static KeyPair keyPair(String algorithm, AlgorithmParameterSpec parameters) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(parameters);
        return generator.generateKeyPair();
    }

    /** What PKCS#8 wraps: PKCS#1 for RSA. */
    private static byte[] inner(KeyPair pair) throws IOException {
        ASN1Encodable key =
                PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded()).parsePrivateKey();
        return key.toASN1Primitive().getEncoded();
    }

    /** Unlike what PKCS#8 wraps, it names its curve. */
    private static byte[] sec1() throws IOException {
        return new org.bouncycastle.asn1.sec.ECPrivateKey(
                        256, ((ECPrivateKey) ec.getPrivate()).getS(), new ASN1ObjectIdentifier("1.2.840.10045.3.1.7"))
                .getEncoded();
    }

    private static String encrypted(String cipher) throws Exception {
        ASN1ObjectIdentifier algorithm = switch (cipher) {
            case "AES_128_CBC" -> PKCS8Generator.AES_128_CBC;
            case "AES_256_CBC" -> PKCS8Generator.AES_256_CBC;
            case "DES3_CBC" -> PKCS8Generator.DES3_CBC;
            default -> PKCSObjectIdentifiers.pbeWithSHAAnd3_KeyTripleDES_CBC;
        };
        return pem(new JcaPKCS8Generator(
                ec.getPrivate(),
                new JceOpenSSLPKCS8EncryptorBuilder(algorithm)
                        .setProvider(new BouncyCastleProvider())
                        .setPassword(PASSWORD)
                        .build()));
    }

    private static String pem(String type, byte[] content) throws IOException {
        return pem(new PemObject(type, content));
    }

    private static String pem(PemObjectGenerator block) throws IOException {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(block);
        }
        return text.toString();
    }

    private static boolean isPosix() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    }

    private Path keyFile(String text) throws IOException {
        assumeTrue(isPosix(), "no POSIX permissions here");
        Path file = Files.writeString(directory.resolve("key.pem"), text, US_ASCII);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }
}
