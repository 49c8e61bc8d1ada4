package org.msgr2.examples.hello.shop;

import io.micrometer.core.instrument.Counter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.session.Service;
import org.msgr2.session.ServiceContext;
import org.msgr2.session.rpc.CallContext;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallHandler;
import org.msgr2.session.rpc.CallOptions;
import org.msgr2.session.rpc.CallStatus;
import org.msgr2.session.rpc.Method;
import org.msgr2.session.rpc.Pick;
import org.msgr2.session.rpc.Resolver;
import org.msgr2.session.rpc.ServiceClient;
import org.msgr2.session.rpc.Target;
import org.msgr2.session.rpc.json.JsonCodec;

/** Takes orders, and asks {@link Stock} for what was ordered. */
public final class Orders implements Service {

    /** What somebody wants. */
    public record Order(String item, int count) {}

    /** What was done. */
    public record Receipt(String text) {}

    public static final Method<Order, Receipt> PLACE = Method.unary(
                    "place", JsonCodec.of(Order.class), JsonCodec.of(Receipt.class))
            .open();

    private final Resolver stockPeers;
    private @Nullable ServiceClient stock;
    private @Nullable Counter placed;

    /** @param stockAddr where {@link Stock} is */
    public Orders(EntityAddr stockAddr) {
        stockPeers = Resolver.fixed(List.of(Target.of(EntityType.OSD, stockAddr)));
    }

    @Override
    public String name() {
        return "orders";
    }

    @Override
    public void start(ServiceContext context) {
        stock = context.calls().service("stock", stockPeers, Pick.FIRST);
        placed = context.meters().counter("shop.orders.placed");
    }

    @Override
    public CallHandler calls() {
        return CallHandler.builder().async(PLACE, this::place).build();
    }

    private CompletionStage<Receipt> place(CallContext context, Order order) {
        ServiceClient peer = stock;
        if (peer == null) {
            return CompletableFuture.failedStage(new CallException(CallStatus.OVERLOADED, "not started yet"));
        }
        Stock.Amount wanted = new Stock.Amount(order.item(), order.count());
        // What is left of our caller's time is what stock may take; what stock says of a failure, our caller hears.
        return peer.callAsync(Stock.TAKE, wanted, CallOptions.onBehalfOf(context))
                .thenApply(left -> {
                    if (placed != null) {
                        placed.increment();
                    }
                    return new Receipt(order.count() + " of " + order.item() + ", " + left.count() + " left");
                });
    }
}
