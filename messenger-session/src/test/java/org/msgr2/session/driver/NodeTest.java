package org.msgr2.session.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityType;
import org.msgr2.session.Connection;
import org.msgr2.session.Policy;
import org.msgr2.session.dispatch.DispatcherChain;
import org.msgr2.session.dispatch.ServiceLanes;
import org.msgr2.session.negotiation.AcceptNegotiation.Claim;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.TestCertificates;
import org.msgr2.session.testing.TestNetwork;
import org.msgr2.session.transport.Transport;
import org.msgr2.session.transport.TransportSecurity;

/** Who has the place of a peer. */
class NodeTest extends NetworkTestBase<TestNetwork.Virtual> {
    private static final EntityAddr ADDR = EntityAddr.parse("v2:127.0.0.1:6800/7");
    private static final EntityAddrVec PEER = EntityAddrVec.of(ADDR);
    private static final Claim CLAIM = new Claim(PEER, Policy.losslessPeer());

    @Override
    protected TestNetwork.Virtual newNetwork() {
        return TestNetwork.virtual();
    }

    private Node node(Transport transport) {
        Policy peer = Policy.losslessPeer();
        return new Node(
                start(messenger("osd.3").acceptPolicy(peer).dialPolicy(peer)).config(),
                transport,
                new DispatcherChain(List.of()),
                ServiceLanes.NONE,
                network.workers(),
                leaks.allocator());
    }

    @Test
    void aPeerThatComesWhileItIsBeingDialledDoesNotTakeThePlace() throws ProtocolException {
        Transport transport = network.transport(leaks.allocator());
        Node node = node(transport);
        Connection dialled = node.connect(EntityType.OSD, PEER, transport);
        assertThatThrownBy(() -> node.accepted(EntityType.OSD, ADDR, CLAIM, transport, node.loopOf(PEER)))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("has begun elsewhere");
        assertThat(node.connections()).containsExactly(dialled);
        assertThat(node.connect(EntityType.OSD, PEER, transport)).isSameAs(dialled);

        dialled.markDown();
        network.settle();
        ConnectionHandle accepted = node.accepted(EntityType.OSD, ADDR, CLAIM, transport, node.loopOf(PEER));
        assertThat(node.connect(EntityType.OSD, PEER, transport)).isSameAs(accepted);
        accepted.markDown();
        network.settle();
        assertThat(node.connections()).isEmpty();
    }

    @Test
    void whatACertificateHasProvenHasToBeProvenAgain() {
        TransportSecurity proven = tls("one");
        assertThat(Node.hasSameCertificate(proven, proven)).isTrue();
        assertThat(Node.hasSameCertificate(tls("one"), proven)).as("renewed").isTrue();
        assertThat(Node.hasSameCertificate(tls("other"), proven)).isFalse();
        assertThat(Node.hasSameCertificate(anonymous(), proven)).isFalse();
        assertThat(Node.hasSameCertificate(null, proven)).isFalse();
        assertThat(Node.hasSameCertificate(null, anonymous())).isTrue();
        assertThat(Node.hasSameCertificate(proven, null)).isTrue();
    }

    private final TestCertificates authority = new TestCertificates("authority");

    private TransportSecurity tls(String commonName) {
        return new TransportSecurity(
                "TLSv1.3",
                "TLS_AES_128_GCM_SHA256",
                authority.issue(commonName).chain().get(0));
    }

    private static TransportSecurity anonymous() {
        return new TransportSecurity("TLSv1.3", "TLS_AES_128_GCM_SHA256", null);
    }
}
