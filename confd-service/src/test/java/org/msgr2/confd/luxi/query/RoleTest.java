package org.msgr2.confd.luxi.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.ConfigException;
import org.msgr2.confd.luxi.view.ClusterView;
import org.msgr2.confd.luxi.view.NodeItem;

/**
 * The role field's precedence is that of spec/confd §7: a candidate that is drained or offline stays a candidate, and
 * drained goes before offline. To confd's type 1 the first of these are drained and offline (§2).
 */
class RoleTest {
    @ParameterizedTest(name = "master {0}, candidate {1}, drained {2}, offline {3}: {4}")
    @CsvSource({
        "true, true, true, true, M",
        "false, true, true, true, C",
        "false, true, false, true, C",
        "false, true, false, false, C",
        "false, false, true, true, D",
        "false, false, false, true, O",
        "false, false, false, false, R"
    })
    void comesFromTheFlagsInItsOwnOrder(
            boolean master, boolean candidate, boolean drained, boolean offline, String letter) throws ConfigException {
        ClusterConfig config =
                ClusterConfig.parse(("{\"version\":3000000,\"serial_no\":1,\"cluster\":{\"master_node\":\""
                                + (master ? "u1" : "u0") + "\",\"master_ip\":\"192.0.2.1\",\"serial_no\":1,\"tags\":[],"
                                + "\"nicparams\":{\"default\":{\"link\":\"br0\"}}},\"instances\":{},\"nodes\":{\"u1\":{\"name\":\"n1\","
                                + "\"uuid\":\"u1\",\"primary_ip\":\"192.0.2.2\",\"group\":\"\",\"serial_no\":1,\"master_candidate\":"
                                + candidate + ",\"drained\":" + drained + ",\"offline\":" + offline + "}}}")
                        .getBytes(UTF_8));
        NodeItem node = new ClusterView(config).nodes().get(0);
        assertThat(node.role()).isEqualTo(letter);
    }
}
