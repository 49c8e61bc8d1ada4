package org.msgr2.examples.hello.shop;

import io.micrometer.core.instrument.Counter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.msgr2.session.Service;
import org.msgr2.session.ServiceContext;
import org.msgr2.session.rpc.CallContext;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallHandler;
import org.msgr2.session.rpc.Method;
import org.msgr2.session.rpc.ResponseStream;
import org.msgr2.session.rpc.json.JsonCodec;

/** Knows how many there are of each item. */
public final class Stock implements Service {

    /** How many of an item: to take, or left. */
    public record Amount(String item, int count) {}

    /** Only those whose names begin so. */
    public record Filter(String prefix) {}

    /** The code of a failure: there are not so many. */
    public static final int TOO_FEW = 1;

    public static final Method<Amount, Amount> TAKE = Method.unary(
                    "take", JsonCodec.of(Amount.class), JsonCodec.of(Amount.class))
            .open();

    public static final Method<Filter, Amount> LIST = Method.serverStream(
                    "list", JsonCodec.of(Filter.class), JsonCodec.of(Amount.class))
            .open();

    private final Map<String, Integer> counts;
    private @Nullable Counter taken;

    /** @param counts by item */
    public Stock(Map<String, Integer> counts) {
        this.counts = new TreeMap<>(counts);
    }

    @Override
    public String name() {
        return "stock";
    }

    @Override
    public void start(ServiceContext context) {
        taken = context.meters().counter("shop.stock.taken");
    }

    @Override
    public CallHandler calls() {
        return CallHandler.builder()
                .unary(TAKE, this::take)
                .serverStream(LIST, this::list)
                .build();
    }

    private synchronized Amount take(CallContext context, Amount wanted) {
        int left = counts.getOrDefault(wanted.item(), 0) - wanted.count();
        if (left < 0) {
            throw CallException.failed(TOO_FEW, "there are not " + wanted.count() + " of " + wanted.item());
        }
        counts.put(wanted.item(), left);
        if (taken != null) {
            taken.increment(wanted.count());
        }
        return new Amount(wanted.item(), left);
    }

    /** Waits while the caller does not read: that holds up a worker of this service, and nobody else. */
    private void list(CallContext context, Filter filter, ResponseStream<Amount> items) throws InterruptedException {
        for (Amount amount : matching(filter)) {
            items.send(amount);
        }
        items.end();
    }

    private synchronized List<Amount> matching(Filter filter) {
        return counts.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(filter.prefix()))
                .map(entry -> new Amount(entry.getKey(), entry.getValue()))
                .toList();
    }
}
