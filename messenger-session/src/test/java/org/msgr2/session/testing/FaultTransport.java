package org.msgr2.session.testing;

import java.io.IOException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.frame.Tag;
import org.msgr2.session.FrameObserver;
import org.msgr2.session.testing.FaultPoint.Place;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.Sockets;
import org.msgr2.session.transport.StreamListener;
import org.msgr2.session.transport.Transport;

/**
 * One messenger's network, whose connections break, or stand still, at a frame that a test names; and which counts what passes.
 * It is the messenger's {@link FrameObserver} too, and knows by that where frames are, in secure mode as well:
 *
 * <pre>{@code
 * FrameBorders borders = new FrameBorders(); // one for both ends
 * FaultTransport net = new FaultTransport(network.transport(allocator), borders);
 * Messenger messenger = network.messenger("client.7", allocator, net).frameObserver(net).build();
 * net.loseAt(FaultPoint.read(Tag.SERVER_IDENT));
 * }</pre>
 *
 * <p>To be used in virtual time: loops must not run at once. Frames that are read can be named only if whoever writes them has
 * such a transport too.
 */
public final class FaultTransport implements Transport, FrameObserver {

    enum Decision {
        GO_ON,
        LOSE,
        HOLD
    }

    /** A direction of a stream that stands still from a frame on; the other one goes on. */
    public static final class Hold {
        private @Nullable FaultStream stream;
        private boolean outgoing;

        private Hold() {}

        /** Whether there is a stream that has got there. */
        public boolean isReached() {
            return stream != null;
        }

        /** The stream that has got there. */
        public FaultStream stream() {
            if (stream == null) {
                throw new AssertionError("nothing has come to where it would be held");
            }
            return stream;
        }

        /** Lets go on what was held. */
        public void release() {
            stream().release(outgoing);
        }
    }

    /** What is going to happen, once. */
    private static final class Order {
        private final FaultPoint point;
        private final @Nullable Hold hold;
        private int toCome;

        Order(FaultPoint point, @Nullable Hold hold) {
            this.point = point;
            this.hold = hold;
            this.toCome = point.occurrence();
        }
    }

    private final Transport network;
    private final FrameBorders borders;
    private final List<Order> orders = new ArrayList<>();
    private final List<FaultStream> streams = new ArrayList<>();
    private final List<EntityAddr> attempts = new ArrayList<>();
    private boolean refusing;

    /** @param borders one for all whose messengers talk to each other */
    public FaultTransport(Transport network, FrameBorders borders) {
        this.network = network;
        this.borders = borders;
    }

    // --- What is to happen

    /** The stream that gets there next is lost, for both ends; before CONNECT, the attempt is. Once. */
    public void loseAt(FaultPoint point) {
        orders.add(new Order(point, null));
    }

    /** The stream that gets there next stands still, in that direction. Once. */
    public Hold holdAt(FaultPoint point) {
        Hold hold = new Hold();
        orders.add(new Order(point, hold));
        return hold;
    }

    /** Whether every attempt to dial fails, as if nobody were there. */
    public void refuse(boolean on) {
        refusing = on;
    }

    /** Ends every stream that is open, for both ends. */
    public void loseAll() {
        List.copyOf(streams).stream().filter(FaultStream::isOpen).forEach(FaultStream::lose);
    }

    /** From now on nothing gets through the streams that are open, not even their end. Those to come are not concerned. */
    public void stallAll() {
        List.copyOf(streams).stream().filter(FaultStream::isOpen).forEach(FaultStream::stall);
    }

    /** Whether nothing more is going to happen. */
    public boolean isThrough() {
        return orders.isEmpty();
    }

    // --- What has happened

    /** Every address that was dialled, in order, whatever came of it. */
    public List<EntityAddr> attempts() {
        return List.copyOf(attempts);
    }

    /** Every stream so far, in the order in which they were opened. */
    public List<FaultStream> streams() {
        return List.copyOf(streams);
    }

    /** Those that our messenger has opened, or those that it has accepted. */
    public List<FaultStream> streams(boolean dialled) {
        return streams.stream().filter(stream -> stream.dialled() == dialled).toList();
    }

    // --- For the streams

    void opened(FaultStream stream) {
        streams.add(stream);
        borders.opened(stream);
    }

    void closed(FaultStream stream) {
        borders.closed(stream);
    }

    /** Whether something may happen at such a part, next or later. */
    boolean awaits(Place place, @Nullable Tag tag) {
        return orders.stream().anyMatch(order -> order.point.isSameMoment(place, tag));
    }

    Decision decide(FaultStream stream, boolean outgoing, Place place, @Nullable Tag tag) {
        Order due = due(place, tag);
        if (due == null) {
            return Decision.GO_ON;
        }
        if (due.hold == null) {
            return Decision.LOSE;
        }
        due.hold.stream = stream;
        due.hold.outgoing = outgoing;
        return Decision.HOLD;
    }

    private @Nullable Order due(Place place, @Nullable Tag tag) {
        for (Iterator<Order> all = orders.iterator(); all.hasNext(); ) {
            Order order = all.next();
            if (order.point.isSameMoment(place, tag) && --order.toCome == 0) {
                all.remove();
                return order;
            }
        }
        return null;
    }

    @Override
    public void onFrame(ObservedFrame frame) {
        if (frame.written()) {
            borders.written(frame);
        }
    }

    // --- The network

    @Override
    public Sockets sockets() {
        return network.sockets();
    }

    @Override
    public String name() {
        return network.name();
    }

    @Override
    public int loops() {
        return network.loops();
    }

    @Override
    public Loop loop(int index) {
        return network.loop(index);
    }

    @Override
    public boolean movesStreams() {
        return network.movesStreams();
    }

    @Override
    public void connect(EntityAddr target, Loop loop, StreamListener listener, Consumer<Throwable> failed) {
        attempts.add(target);
        if (refusing || due(Place.CONNECT, null) != null) {
            loop.execute(() -> failed.accept(new ConnectException("Connection refused")));
            return;
        }
        network.connect(target, loop, new FaultStream(this, listener, true), failed);
    }

    @Override
    public Listener listen(EntityAddr addr, Supplier<StreamListener> accepted) throws IOException {
        return network.listen(addr, () -> new FaultStream(this, accepted.get(), false));
    }

    /** What is held is dropped. */
    @Override
    public void close() {
        streams.forEach(FaultStream::dropQueued);
        network.close();
    }
}
