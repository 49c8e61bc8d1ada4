package org.msgr2.session.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.session.rpc.json.JsonCodec;

class JsonCodecTest {
    /** A value that travels. */
    public record Node(String name, List<Integer> minors) {}

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final JsonCodec<Node> codec = JsonCodec.of(Node.class);

    private static ByteBuf text(String json) {
        return Unpooled.copiedBuffer(json, UTF_8);
    }

    @Test
    void aValueIsReadAsItWasWritten() throws IOException {
        Node node = new Node("node1", List.of(0, 7));
        ByteBuf json = codec.encode(node, leaks.allocator());

        assertThat(json.toString(UTF_8)).isEqualTo("{\"name\":\"node1\",\"minors\":[0,7]}");
        assertThat(codec.decode(json)).isEqualTo(node);
        json.release();
    }

    @Test
    void fieldsOfANewerPeerAreIgnored() throws IOException {
        assertThat(codec.decode(text("{\"name\":\"a\",\"since\":3}"))).isEqualTo(new Node("a", null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "null", "[1]", "{\"name\":\"a\"} more", "{\"minors\":\"x\"}"})
    void anythingElseIsRefused(String json) {
        assertThatThrownBy(() -> codec.decode(text(json))).isInstanceOf(IOException.class);
    }
}
