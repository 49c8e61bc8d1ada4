package org.msgr2.examples.bench.confd;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import org.msgr2.confd.ConfdCounters;
import org.msgr2.confd.ConfdDatagrams;
import org.msgr2.confd.engine.ConfdEngine;
import org.msgr2.confd.engine.EngineOptions;
import org.msgr2.confd.reload.ConfigSource;
import org.msgr2.confd.wire.ConfdKey;
import org.msgr2.confd.wire.WireLimits;
import org.msgr2.confd.wire.WireMode;
import org.msgr2.session.Messenger;
import org.msgr2.session.Service;
import org.msgr2.session.ServiceContext;
import org.msgr2.session.transport.DatagramBatch;
import org.msgr2.session.transport.DatagramHandle;
import org.msgr2.session.transport.DatagramListener;
import org.msgr2.session.transport.DatagramOptions;

/** Our confd as a program of its own: a node whose only tenant it is. */
public final class OurConfd {
    private static final int KERNEL_BYTES = 4 << 20;

    private OurConfd() {}

    /** Runs until it is ended. Arguments: port, configuration file, key file. */
    public static void main(String[] args) throws Exception {
        InetSocketAddress addr = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
        ConfdKey key = ConfdKey.of(Files.readAllBytes(Path.of(args[2])));
        try (ConfigSource source = ConfigSource.open(Path.of(args[1]), ConfigSource.Options.DEFAULTS);
                Messenger node = Messenger.builder("osd.0")
                        .service(new FrontEnd(addr, key, source))
                        .build()) {
            System.out.println("confd of " + node.addresses() + " answers at " + addr);
            new CountDownLatch(1).await();
        }
    }

    /** The original wire on the node's event loops. */
    private record FrontEnd(InetSocketAddress addr, ConfdKey key, ConfigSource source) implements Service {
        @Override
        public String name() {
            return "confd";
        }

        @Override
        public void start(ServiceContext context) throws IOException {
            ConfdDatagrams datagrams = new ConfdDatagrams(
                    key,
                    WireMode.AUTO,
                    WireLimits.DEFAULTS,
                    new ConfdEngine(EngineOptions.DEFAULTS),
                    source,
                    new ConfdCounters());
            context.datagram(
                    addr,
                    DatagramOptions.of(context.limits()).withKernelBytes(KERNEL_BYTES),
                    new Answers(datagrams, context.clock()));
        }
    }

    /** Always on the socket's loop. */
    private static final class Answers implements DatagramListener {
        private final ConfdDatagrams datagrams;
        private final InstantSource clock;
        private final byte[] request = new byte[WireLimits.DEFAULTS.requestBytesMax() + 1];

        Answers(ConfdDatagrams datagrams, InstantSource clock) {
            this.datagrams = datagrams;
            this.clock = clock;
        }

        @Override
        public void onDatagrams(DatagramHandle socket, DatagramBatch batch) {
            long nowS = clock.millis() / 1000;
            for (int i = 0; i < batch.size(); i++) {
                ByteBuf payload = batch.payload(i);
                int length = Math.min(payload.readableBytes(), request.length);
                payload.getBytes(payload.readerIndex(), request, 0, length);
                int replyLength = datagrams.answer(request, 0, length, nowS);
                if (replyLength > 0) {
                    socket.send(
                            batch.sender(i),
                            socket.allocator().ioBuffer(replyLength).writeBytes(datagrams.reply(), 0, replyLength));
                }
            }
        }
    }
}
