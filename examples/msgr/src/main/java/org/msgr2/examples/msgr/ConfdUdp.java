package org.msgr2.examples.msgr;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.msgr2.confd.client.ClientOptions;
import org.msgr2.confd.client.ConfdClient;
import org.msgr2.confd.client.Coverage;
import org.msgr2.confd.client.Question;
import org.msgr2.confd.client.QuorumRead;
import org.msgr2.confd.client.QuorumResult;
import org.msgr2.confd.client.Resend;
import org.msgr2.confd.client.Upcall;
import org.msgr2.confd.wire.ConfdKey;
import org.msgr2.confd.wire.Era;
import org.msgr2.confd.wire.Reply;
import org.msgr2.confd.wire.RequestType;

/** Confds over signed UDP. All are asked; the newest answer of enough of them counts. A ping is for each of them. */
final class ConfdUdp implements ConfdPeer {
    private final ConfdClient client;
    private final List<InetSocketAddress> peers;
    private final Era era;
    private final Duration timeout;

    private ConfdUdp(ConfdClient client, List<InetSocketAddress> peers, Era era, Duration timeout) {
        this.client = client;
        this.peers = peers;
        this.era = era;
        this.timeout = timeout;
    }

    static ConfdUdp open(ConfdKey key, List<InetSocketAddress> peers, Era era, Duration timeout) throws Failure {
        ClientOptions options = ClientOptions.DEFAULTS
                .withEra(era)
                .withExpiryNs(timeout.toNanos())
                .withResend(Resend.DEFAULTS.within(timeout.toNanos()));
        try {
            return new ConfdUdp(ConfdClient.open(key, peers, options), List.copyOf(peers), era, timeout);
        } catch (IllegalArgumentException e) {
            throw Failure.usage("cannot ask these peers at once: " + Faults.oneLine(e.getMessage()), e);
        } catch (IOException e) {
            throw Failure.of("cannot open a UDP socket: " + Faults.root(e), e);
        }
    }

    @Override
    public ConfdAnswer ask(Question question) throws Failure, InterruptedException {
        CompletableFuture<QuorumResult> done = new CompletableFuture<>();
        Map<InetSocketAddress, Duration> times = Collections.synchronizedMap(new LinkedHashMap<>());
        boolean ofAll = question.type() == RequestType.PING;
        QuorumResult[] enough = new QuorumResult[1]; // of the client's thread
        QuorumRead<InetSocketAddress> quorum =
                new QuorumRead<>(peers.size(), Coverage.ALL, result -> enough[0] = result);
        long startNs = System.nanoTime();
        Consumer<Upcall<InetSocketAddress>> note = upcall -> {
            if (upcall instanceof Upcall.Replied<InetSocketAddress> replied) {
                times.putIfAbsent(replied.peer(), Duration.ofNanos(System.nanoTime() - startNs));
            }
            quorum.accept(upcall);
            boolean last = times.size() == peers.size() || upcall instanceof Upcall.Expired;
            if (enough[0] != null && (!ofAll || last)) {
                done.complete(enough[0]);
            }
        };
        client.ask(question, Coverage.ALL, note).exceptionally(refused -> {
            done.completeExceptionally(refused);
            return null;
        });
        QuorumResult result;
        try {
            result = done.get();
        } catch (ExecutionException e) {
            throw Failure.usage("cannot ask this: " + Faults.root(e), e);
        }
        return answer(question, result, Map.copyOf(times));
    }

    private ConfdAnswer answer(Question question, QuorumResult result, Map<InetSocketAddress, Duration> times)
            throws Failure {
        Reply newest = result.newest();
        boolean lacksOne = question.type() == RequestType.PING && times.size() < peers.size();
        if (newest == null || result.timedOut() || lacksOne) {
            throw tooFew(times);
        }
        ConfdErrors.check(question, newest.status(), newest.answer(), era);
        Map<String, Duration> named = new LinkedHashMap<>();
        for (InetSocketAddress peer : peers) {
            Duration time = times.get(peer);
            if (time != null) {
                named.put(NetUtil.toSocketAddressString(peer), time);
            }
        }
        String doubt = result.consistent() ? null : "peers with the same serial number contradict each other";
        return new ConfdAnswer(question, newest.answer(), newest.serial(), named, doubt);
    }

    /** Silence is what confd answers to whatever it cannot verify. */
    private Failure tooFew(Map<InetSocketAddress, Duration> times) {
        String silent = peers.stream()
                .filter(peer -> !times.containsKey(peer))
                .map(NetUtil::toSocketAddressString)
                .collect(Collectors.joining(", "));
        String enough = times.isEmpty() ? "" : " (" + times.size() + " of " + peers.size() + " peers are too few)";
        return Failure.of("no answer from " + silent + " within " + Converters.toString(timeout) + enough
                + "; confd is silent if the key is another, or the clocks differ by more than 5 minutes");
    }

    @Override
    public void close() {
        client.close();
    }
}
