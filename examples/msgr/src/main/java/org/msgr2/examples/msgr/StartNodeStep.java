package org.msgr2.examples.msgr;

import java.util.List;
import org.msgr2.confd.reload.OnBad;
import org.msgr2.confd.wire.WireMode;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.session.Policy;

/** A node as {@code msgr serve} runs it, but that its clients' sessions outlive their connections; on any free port. */
final class StartNodeStep implements DemoStep {
    @Override
    public String name() {
        return "node";
    }

    @Override
    public void run(Demo demo) throws Failure {
        EntityName name = EntityName.parse("mon.demo");
        List<EntityAddr> anyPort = List.of(EntityAddr.parse("v2:127.0.0.1:0"));
        // Refusals are a part of the demonstration, not something to warn of.
        NodeAuth auth = new NodeAuth.Cephx(null, NodeAuth.MODES, (claimed, peer, reason, leftOut) -> {});
        Node node = Node.start(new Node.Setup(
                name,
                auth,
                Policy.statefulServer(),
                anyPort,
                null,
                null,
                confd(demo.cluster()),
                null,
                demo.directory()));
        demo.node(node);
        String address = node.addresses().get(0).toString();
        demo.report(this, name + " listens on " + address + ", data in " + demo.directory())
                .put("name", name.toString())
                .put("address", address)
                .put("auth", node.security().method());
    }

    private static NodeConfd confd(DemoCluster cluster) {
        EntityAddr anyPort = EntityAddr.parse("127.0.0.1:0");
        return new NodeConfd(
                cluster.config(), OnBad.ERROR, new NodeConfd.Udp(anyPort, cluster.key(), WireMode.V3_0), null);
    }
}
