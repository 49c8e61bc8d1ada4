package org.msgr2.examples.msgr;

import java.time.Duration;
import java.util.Map;
import org.msgr2.confd.calls.ConfdMethods;
import org.msgr2.confd.client.ConfdNodeClient;
import org.msgr2.confd.client.NodeAnswer;
import org.msgr2.confd.client.Question;
import org.msgr2.confd.client.WatchListener;
import org.msgr2.confd.wire.Era;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Opaque;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallOptions;
import org.msgr2.session.rpc.Subscription;

/** The confd of a node, called over msgr2. It believes us by what we are allowed there. */
final class ConfdMsgr2 implements ConfdPeer {
    private final Client client;
    private final EntityAddr addr;
    private final Duration timeout;

    /** @param client connected to the node; ownership passes */
    ConfdMsgr2(Client client, EntityAddr addr, Duration timeout) {
        this.client = client;
        this.addr = addr;
        this.timeout = timeout;
    }

    static ConfdMsgr2 open(CephOptions msgr2, EntityAddr node) throws Failure, InterruptedException {
        Client.checkDialable(node);
        ClusterAccess access = msgr2.access();
        msgr2.fetchTickets(access);
        return new ConfdMsgr2(access.connect(access.builder(), EntityType.ANY, node), node, access.timeout());
    }

    /** Of the connection that there is: when it is lost the answer is that. */
    @Override
    public ConfdAnswer ask(Question question) throws Failure, InterruptedException {
        ConfdNodeClient confd =
                ConfdNodeClient.of(client.messenger().calls().service(ConfdMethods.SERVICE, client.connection()));
        long startNs = System.nanoTime();
        NodeAnswer answer;
        try {
            answer = confd.ask(question, CallOptions.within(timeout));
        } catch (CallException e) {
            throw ConfdErrors.ofCall(addr, e);
        }
        Duration time = Duration.ofNanos(System.nanoTime() - startNs);
        ConfdErrors.check(question, answer.status(), answer.answer(), Era.V3_0);
        return new ConfdAnswer(question, answer.answer(), answer.serial(), Map.of(addr.toString(), time), null);
    }

    /**
     * Watches, over as many connections as it takes.
     *
     * @param path a JSON pointer; "" is all
     */
    Subscription watch(String path, WatchListener listener) {
        return ConfdNodeClient.of(client.messenger(), EntityType.ANY, addr).watch(path, Opaque.EMPTY, listener);
    }

    @Override
    public void close() {
        client.close();
    }
}
