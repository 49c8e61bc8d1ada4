package org.msgr2.session.rpc.dns;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.msgr2.core.address.EntityType;
import org.msgr2.session.rpc.Target;

/** Against a name server of a few lines, which answers SRV and A questions from two tables. */
@Timeout(60)
class DnsSrvResolverTest {
    private static final String NAME = "_ceph-mon._tcp.example.test.";
    private static final int TYPE_A = 1;
    private static final int TYPE_SRV = 33;
    private static final int NAME_ERROR = 3;
    private static final int HEADER_BYTES = 12;

    private record Srv(int priority, int weight, int port, String host) {}

    private final DatagramSocket socket;
    private volatile List<Srv> records = List.of();

    DnsSrvResolverTest() throws IOException {
        socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @BeforeEach
    void serve() {
        Thread server = new Thread(() -> {
            byte[] buffer = new byte[512];
            while (!socket.isClosed()) {
                try {
                    DatagramPacket query = new DatagramPacket(buffer, buffer.length);
                    socket.receive(query);
                    byte[] answer = answer(Arrays.copyOf(buffer, query.getLength()));
                    socket.send(new DatagramPacket(answer, answer.length, query.getSocketAddress()));
                } catch (IOException e) {
                    return; // closed
                }
            }
        });
        server.setDaemon(true);
        server.start();
    }

    @AfterEach
    void close() {
        socket.close();
    }

    private byte[] answer(byte[] query) throws IOException {
        int at = HEADER_BYTES;
        StringBuilder name = new StringBuilder();
        while (query[at] != 0) {
            name.append(new String(query, at + 1, query[at], US_ASCII)).append('.');
            at += query[at] + 1;
        }
        int type = ((query[at + 1] & 0xff) << 8) | (query[at + 2] & 0xff);
        int questionEnd = at + 5;
        List<Srv> srvs = type == TYPE_SRV && name.toString().equals(NAME) ? records : List.of();
        boolean host = type == TYPE_A && name.toString().startsWith("host");
        int answers = host ? 1 : srvs.size();

        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(query, 0, 2);
        out.writeShort(0x8580 | (answers == 0 ? NAME_ERROR : 0));
        out.writeShort(1);
        out.writeShort(answers);
        out.writeInt(0);
        out.write(query, HEADER_BYTES, questionEnd - HEADER_BYTES);
        if (host) {
            record(out, TYPE_A, new byte[] {127, 0, 0, (byte) (name.charAt(4) - '0')});
        }
        for (Srv srv : srvs) {
            ByteArrayOutputStream data = new ByteArrayOutputStream();
            DataOutputStream fields = new DataOutputStream(data);
            fields.writeShort(srv.priority());
            fields.writeShort(srv.weight());
            fields.writeShort(srv.port());
            for (String label : srv.host().split("\\.")) {
                fields.writeByte(label.length());
                fields.writeBytes(label);
            }
            fields.writeByte(0);
            record(out, TYPE_SRV, data.toByteArray());
        }
        return bytes.toByteArray();
    }

    private static void record(DataOutputStream out, int type, byte[] data) throws IOException {
        out.writeShort(0xc000 | HEADER_BYTES); // the name of the question
        out.writeShort(type);
        out.writeShort(1);
        out.writeInt(60);
        out.writeShort(data.length);
        out.write(data);
    }

    private List<Target> resolve() throws Exception {
        try (DnsSrvResolver resolver = DnsSrvResolver.of(
                NAME, EntityType.MON, new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort()))) {
            return resolver.resolve().toCompletableFuture().get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void givesHostsAndPortsWithPriorityAndWeight() throws Exception {
        records = List.of(new Srv(10, 60, 3300, "host1.example.test"), new Srv(20, 0, 3301, "host2.example.test"));

        assertThat(resolve())
                .extracting(target -> target.addrs().msgr2() + " " + target.priority() + " " + target.weight())
                .containsExactlyInAnyOrder("v2:127.0.0.1:3300/0 10 60", "v2:127.0.0.2:3301/0 20 0");
    }

    @Test
    void leavesOutWhatHasNoAddress() throws Exception {
        records = List.of(new Srv(0, 0, 3300, "gone.example.test"), new Srv(0, 0, 3301, "host2.example.test"));

        assertThat(resolve()).hasSize(1);
    }

    @Test
    void failsWhenThereIsNoSuchService() {
        assertThatThrownBy(this::resolve).hasMessageContaining("_ceph-mon._tcp.example.test");
    }
}
