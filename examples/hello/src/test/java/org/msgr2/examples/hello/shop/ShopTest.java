package org.msgr2.examples.hello.shop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.session.Messenger;
import org.msgr2.session.inproc.InProcNetwork;
import org.msgr2.session.inproc.InProcTransport;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallOptions;
import org.msgr2.session.rpc.CallStatus;
import org.msgr2.session.rpc.ServiceClient;

@Timeout(60)
class ShopTest {
    @Test
    void printsWhatWasOrderedWhatCouldNotBeAndWhatIsLeft() throws Exception {
        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, UTF_8));
        try {
            Shop.main(new String[0]);
        } finally {
            System.setOut(out);
        }

        assertThat(printed.toString(UTF_8).lines())
                .containsExactly("3 of apple, 2 left", "FAILED 1: there are not 3 of apple", "apple: 2", "pear: 7");
    }

    /** Both services in one process, one of them called through the messenger's connection to itself. */
    @Test
    void theServicesCanShareAProcessAndAreCounted() throws Exception {
        InProcNetwork network = new InProcNetwork();
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        EntityAddr addr = EntityAddr.parse("v2:127.0.0.1:6800");
        try (InProcTransport transport = new InProcTransport(network, 1, ByteBufAllocator.DEFAULT);
                Messenger node = Messenger.builder("osd.1")
                        .transport(transport)
                        .meters(meters)
                        .service(new Stock(Map.of("apple", 5)))
                        .service(new Orders(addr))
                        .build()) {
            node.bind(addr);
            ServiceClient orders = node.calls().service("orders", node.connect(EntityType.OSD, addr));

            assertThat(orders.call(Orders.PLACE, new Orders.Order("apple", 4)).text())
                    .isEqualTo("4 of apple, 1 left");
            assertThat(meters.get("shop.stock.taken")
                            .tag("service", "stock")
                            .counter()
                            .count())
                    .isEqualTo(4);
            assertThat(meters.get("shop.orders.placed").counter().count()).isEqualTo(1);
        }
    }

    @Test
    void stockThatCannotBeReachedCostsTheOrderItsDeadline() throws Exception {
        InProcNetwork network = new InProcNetwork();
        EntityAddr addr = EntityAddr.parse("v2:127.0.0.1:6800");
        EntityAddr nowhere = EntityAddr.parse("v2:127.0.0.1:6801");
        try (InProcTransport transport = new InProcTransport(network, 1, ByteBufAllocator.DEFAULT);
                Messenger node = Messenger.builder("osd.1")
                        .transport(transport)
                        .service(new Orders(nowhere))
                        .build()) {
            node.bind(addr);
            ServiceClient orders = node.calls().service("orders", node.connect(EntityType.OSD, addr));

            assertThatThrownBy(() -> orders.call(
                            Orders.PLACE, new Orders.Order("apple", 1), CallOptions.within(Duration.ofMillis(300))))
                    .isInstanceOfSatisfying(
                            CallException.class, e -> assertThat(e.status()).isEqualTo(CallStatus.DEADLINE_EXCEEDED));
        }
    }
}
