package org.msgr2.examples.hello.shop;

import java.time.Duration;
import java.util.Map;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.session.Messenger;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallOptions;
import org.msgr2.session.rpc.Calls;
import org.msgr2.session.rpc.ServiceClient;
import org.msgr2.session.rpc.StreamCall;

/** Two nodes with a service each, and a client, over TCP. */
public final class Shop {
    private Shop() {}

    /** Places two orders, one too many, and prints what is left. */
    public static void main(String[] args) throws Exception {
        EntityAddr anyPort = EntityAddr.parse("v2:127.0.0.1:0");
        try (Messenger store = Messenger.builder("osd.1")
                .service(new Stock(Map.of("apple", 5, "pear", 7)))
                .build()) {
            EntityAddr stockAddr = store.bind(anyPort);
            try (Messenger counter = Messenger.builder("osd.2")
                            .service(new Orders(stockAddr))
                            .build();
                    Messenger client = Messenger.builder("client.me").build()) {
                Calls calls = client.calls();
                order(calls.service("orders", client.connect(EntityType.OSD, counter.bind(anyPort))));
                list(calls.service("stock", client.connect(EntityType.OSD, stockAddr)));
            }
        }
    }

    private static void order(ServiceClient orders) throws InterruptedException {
        CallOptions options = CallOptions.within(Duration.ofSeconds(5));
        for (int i = 0; i < 2; i++) {
            try {
                System.out.println(orders.call(Orders.PLACE, new Orders.Order("apple", 3), options)
                        .text());
            } catch (CallException e) {
                System.out.println(e.status() + " " + e.code() + ": " + e.text());
            }
        }
    }

    private static void list(ServiceClient stock) throws InterruptedException {
        try (StreamCall<Stock.Filter, Stock.Amount> call =
                stock.open(Stock.LIST, new Stock.Filter(""), CallOptions.within(Duration.ofSeconds(5)))) {
            for (Stock.Amount amount = call.responses().next();
                    amount != null;
                    amount = call.responses().next()) {
                System.out.println(amount.item() + ": " + amount.count());
            }
        }
    }
}
