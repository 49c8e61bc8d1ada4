package org.msgr2.examples.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.time.Clock;
import org.msgr2.confd.ConfdCounters;
import org.msgr2.confd.ConfdDatagrams;
import org.msgr2.confd.engine.ConfdEngine;
import org.msgr2.confd.engine.EngineOptions;
import org.msgr2.confd.reload.ConfigSource;
import org.msgr2.confd.wire.ConfdKey;
import org.msgr2.confd.wire.WireLimits;
import org.msgr2.confd.wire.WireMode;

/** Our confd behind a socket of the test's: one thread, one datagram at a time. */
final class OurConfd implements ConfdDaemon {

    private static final int BUFFER_BYTES = 65_536;

    private final DatagramChannel channel;
    private final ConfigSource source;
    private final ConfdDatagrams datagrams;
    private final Thread thread;

    private OurConfd(DatagramChannel channel, ConfigSource source, ConfdDatagrams datagrams) {
        this.channel = channel;
        this.source = source;
        this.datagrams = datagrams;
        this.thread = new Thread(this::serve, "our-confd");
        thread.setDaemon(true);
    }

    /** Starts it with the files of this directory. */
    static OurConfd start(ConfdHost host) throws IOException {
        DatagramChannel channel =
                DatagramChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        ConfigSource source = ConfigSource.open(host.config(), ConfigSource.Options.DEFAULTS);
        ConfdDatagrams datagrams = new ConfdDatagrams(
                ConfdKey.of(Files.readAllBytes(host.key())),
                WireMode.AUTO,
                WireLimits.DEFAULTS,
                new ConfdEngine(EngineOptions.DEFAULTS),
                source,
                new ConfdCounters());
        OurConfd confd = new OurConfd(channel, source, datagrams);
        confd.thread.start();
        return confd;
    }

    private void serve() {
        ByteBuffer in = ByteBuffer.allocate(BUFFER_BYTES);
        try {
            while (true) {
                in.clear();
                InetSocketAddress peer = (InetSocketAddress) channel.receive(in);
                int length = datagrams.answer(
                        in.array(), 0, in.position(), Clock.systemUTC().millis() / 1000);
                if (length > 0) {
                    channel.send(ByteBuffer.wrap(datagrams.reply(), 0, length), peer);
                }
            }
        } catch (AsynchronousCloseException e) {
            // That is the end.
        } catch (IOException e) {
            throw new PeerException("our confd cannot go on", e);
        }
    }

    @Override
    public int port() {
        return channel.socket().getLocalPort();
    }

    @Override
    public String name() {
        return "our confd";
    }

    @Override
    public void close() {
        try {
            channel.close();
            thread.join();
        } catch (IOException e) {
            throw new PeerException("cannot close our confd", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        source.close();
    }
}
