package org.msgr2.session;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.msgr2.session.netty.NettyIo;
import org.msgr2.session.testing.TestNetwork;

class IoUringSurvivalTest extends SurvivalContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.netty(NettyIo.IO_URING, 1);
    }

    @Test
    void severalLoopsAreRefused() throws IOException {
        try (TestNetwork several = TestNetwork.netty(NettyIo.IO_URING, 2);
                Messenger messenger = several.messenger("osd.3", leaks.allocator())
                        .acceptPolicy(Policy.statefulServer())
                        .build()) {
            assertThatThrownBy(() -> messenger.bind(several.anyPort()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("move between loops, which transport io_uring cannot do");
        }
    }
}
