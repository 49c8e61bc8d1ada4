package org.msgr2.session.testing;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.message.Message;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.session.Messenger;
import org.msgr2.session.transport.StreamListener;
import org.msgr2.session.transport.Transport;

/** A test with messengers on a network. At its end everything is closed, and every buffer has to be back. */
public abstract class NetworkTestBase<N extends TestNetwork> {
    @RegisterExtension
    protected final LeakCheck leaks = new LeakCheck();

    private final List<Messenger> messengers = new ArrayList<>();
    protected N network;

    /** A fresh one. */
    protected abstract N newNetwork();

    @BeforeEach
    void openNetwork() {
        network = newNetwork();
    }

    @AfterEach
    void closeNetwork() {
        messengers.forEach(network::close);
        network.close();
    }

    /** A messenger to be built. */
    protected final Messenger.Builder messenger(String name) {
        return network.messenger(name, leaks.allocator());
    }

    /** Builds a messenger, which is closed with the test. */
    protected final Messenger start(Messenger.Builder builder) {
        Messenger messenger = builder.build();
        messengers.add(messenger);
        return messenger;
    }

    /** Listens on a free port. */
    protected final EntityAddr bind(Messenger messenger) {
        return bind(messenger, network.anyPort());
    }

    protected final EntityAddr bind(Messenger messenger, EntityAddr addr) {
        try {
            return messenger.bind(addr);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where nobody listens, and somebody may. */
    protected final EntityAddr freeAddr() {
        try {
            Transport.Listener listener =
                    network.transport(leaks.allocator()).listen(network.anyPort(), NetworkTestBase::nobody);
            listener.close();
            return listener.addr();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static StreamListener nobody() {
        throw new IllegalStateException("nobody is expected");
    }

    /** A buffer of random bytes, the same for the same seed. */
    protected final ByteBuf random(int bytes, int seed) {
        byte[] content = new byte[bytes];
        new Random(seed).nextBytes(content);
        return leaks.allocator().buffer(Math.max(1, bytes)).writeBytes(content);
    }

    /** A message without payload. */
    protected static Message message(int type, long tid) {
        return Message.builder(type).tid(tid).build();
    }

    /** A message with a front of that many random bytes. */
    protected final Message message(int type, long tid, int frontBytes) {
        return Message.builder(type)
                .tid(tid)
                .front(random(frontBytes, (int) tid))
                .build();
    }
}
