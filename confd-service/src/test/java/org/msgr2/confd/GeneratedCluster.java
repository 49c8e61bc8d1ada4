package org.msgr2.confd;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.UUID;

/** Makes configurations of any size, all instances with a mirrored disk and an address. Deterministic. */
public final class GeneratedCluster {
    private final int nodes;
    private final int instances;
    private final StringBuilder json = new StringBuilder();

    private GeneratedCluster(int nodes, int instances) {
        this.nodes = nodes;
        this.instances = instances;
    }

    /** The file, in the layout of Ganeti 3.0. */
    public static byte[] json(int nodes, int instances) {
        return new GeneratedCluster(nodes, instances).write().getBytes(StandardCharsets.UTF_8);
    }

    private static String uuid(String kind, int index) {
        return UUID.nameUUIDFromBytes((kind + index).getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    public static String nodeName(int node) {
        return String.format(Locale.ROOT, "node%04d.big.example", node);
    }

    public static String instanceName(int instance) {
        return String.format(Locale.ROOT, "inst%05d.big.example", instance);
    }

    public static String instanceIp(int instance) {
        return "172." + (16 + instance / 62500) + "." + instance / 250 % 250 + "." + (instance % 250 + 1);
    }

    /** The link of an instance; of every fourth it is the default. */
    public static String link(int instance) {
        return "br" + instance % 4;
    }

    /** The node that an instance runs on. */
    public int primary(int instance) {
        return instance % nodes;
    }

    private int secondary(int instance) {
        return (primary(instance) + 1 + instance / nodes) % nodes;
    }

    private String write() {
        json.append("{\"cluster\": {\"cluster_name\": \"cluster.test.example\", \"enabled_hypervisors\": [\"kvm\"],")
                .append(" \"master_ip\": \"192.0.2.1\", \"master_node\": \"")
                .append(uuid("node", 0))
                .append(
                        "\", \"nicparams\": {\"default\": {\"link\": \"br0\", \"mode\": \"bridged\"}}, \"serial_no\": 8000},");
        json.append("\"disks\": {");
        int[] minors = new int[nodes];
        for (int i = 0; i < instances; i++) {
            disk(i, minors[primary(i)]++, minors[secondary(i)]++);
        }
        json.append("}, \"instances\": {");
        for (int i = 0; i < instances; i++) {
            instance(i);
        }
        json.append("}, \"networks\": {}, \"nodegroups\": {}, \"nodes\": {");
        for (int i = 0; i < nodes; i++) {
            node(i);
        }
        return json.append("}, \"serial_no\": 123456, \"version\": 3000000}\n").toString();
    }

    private void disk(int i, int minorA, int minorB) {
        String ends = "\"" + uuid("node", primary(i)) + "\", \"" + uuid("node", secondary(i)) + "\"";
        key(i, uuid("disk", i))
                .append(
                        "{\"children\": [{\"dev_type\": \"plain\", \"logical_id\": [\"xenvg\", \"data\"], \"params\": {}},")
                .append(" {\"dev_type\": \"plain\", \"logical_id\": [\"xenvg\", \"meta\"], \"params\": {}}],")
                .append(" \"ctime\": 1700000000.0, \"dev_type\": \"drbd\", \"iv_name\": \"disk/0\", \"logical_id\": [")
                .append(ends)
                .append(", ")
                .append(11000 + i % 50000)
                .append(", ")
                .append(minorA)
                .append(", ")
                .append(minorB)
                .append(", \"secret-")
                .append(i)
                .append("\"], \"nodes\": [")
                .append(ends)
                .append("], \"params\": {}, \"size\": 10240}");
    }

    private void instance(int i) {
        key(i, uuid("inst", i))
                .append("{\"admin_state\": \"up\", \"beparams\": {}, \"disks\": [\"")
                .append(uuid("disk", i))
                .append("\"], \"hvparams\": {}, \"mtime\": 1700000002.75, \"name\": \"")
                .append(instanceName(i))
                .append("\", \"nics\": [{\"ip\": \"")
                .append(instanceIp(i))
                .append("\", \"mac\": \"aa:00:00:00:00:00\", \"nicparams\": {")
                .append(i % 4 == 0 ? "" : "\"link\": \"" + link(i) + "\"")
                .append("}}], \"os\": \"debootstrap+default\", \"osparams_private\": {}, \"primary_node\": \"")
                .append(uuid("node", primary(i)))
                .append("\", \"serial_no\": ")
                .append(i % 1000 + 1)
                .append(", \"tags\": []}");
    }

    private void node(int i) {
        key(i, uuid("node", i))
                .append("{\"drained\": ")
                .append(i >= 10 && i % 89 == 0)
                .append(", \"master_candidate\": ")
                .append(i < 10)
                .append(", \"name\": \"")
                .append(nodeName(i))
                .append("\", \"offline\": ")
                .append(i >= 10 && i % 97 == 0)
                .append(", \"primary_ip\": \"10.100.")
                .append(i / 250)
                .append(".")
                .append(i % 250 + 1)
                .append("\", \"serial_no\": ")
                .append(i + 1)
                .append("}");
    }

    private StringBuilder key(int index, String key) {
        return json.append(index == 0 ? "\"" : ", \"").append(key).append("\": ");
    }
}
