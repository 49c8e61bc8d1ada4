package org.msgr2.confd.client;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.wire.ConfdKey;
import org.msgr2.confd.wire.DecodedReply;
import org.msgr2.confd.wire.Reply;
import org.msgr2.confd.wire.ReplyDecoder;
import org.msgr2.confd.wire.RequestEncoder;
import org.msgr2.core.Entropy;

/**
 * Asks peers, and matches their replies to what was asked (spec/confd §6). Owns no socket, clock or thread: times come with
 * the inputs, monotonic ones in nanoseconds and the wall clock in seconds. Callbacks are called within the input that
 * caused them, and may ask anew. Not thread-safe.
 *
 * @param <P> how peers are told apart
 */
public final class ClientMachine<P> {
    private final List<P> peers;
    private final ClientOptions options;
    private final Entropy entropy;
    private final DatagramSender<P> sender;
    private final RequestEncoder encoder;
    private final ReplyDecoder decoder;
    private final Map<String, Live<P>> live = new LinkedHashMap<>();
    private long ignored;
    private long resent;

    private static final class Live<P> {
        final Question question;
        final Consumer<Upcall<P>> callback;
        final byte[] datagram;
        final int sent;
        /** Of those that were asked. */
        final List<P> silent;

        int replies;
        long expiresNs;
        int resendsLeft;
        long resendNs;
        long intervalNs;

        Live(Question question, Consumer<Upcall<P>> callback, byte[] datagram, List<P> asked) {
            this.question = question;
            this.callback = callback;
            this.datagram = datagram;
            this.sent = asked.size();
            this.silent = new ArrayList<>(asked);
        }

        boolean isToBeResent() {
            return resendsLeft > 0 && !silent.isEmpty();
        }

        /** How long until something is due. */
        long leftNs(long nowNs) {
            long expiryNs = expiresNs - nowNs;
            return isToBeResent() ? Math.min(resendNs - nowNs, expiryNs) : expiryNs;
        }
    }

    /**
     * @param peers all of one address family
     */
    public ClientMachine(
            ConfdKey key, List<P> peers, ClientOptions options, Entropy entropy, DatagramSender<P> sender) {
        if (peers.isEmpty()) {
            throw new IllegalArgumentException("a confd client without peers");
        }
        this.peers = List.copyOf(peers);
        this.options = options;
        this.entropy = entropy;
        this.sender = sender;
        encoder = new RequestEncoder(key, options.era(), options.limits());
        decoder = new ReplyDecoder(key, options.limits());
    }

    /**
     * Asks some peers, chosen at random.
     *
     * @param coverage how many; see {@link Coverage}
     * @return the salt that identifies the request
     * @throws IllegalArgumentException if there are not that many peers, or the era or a datagram cannot hold the question
     * @throws IllegalStateException if too many requests are live
     */
    public String ask(Question question, int coverage, Consumer<Upcall<P>> callback, long nowNs, long wallS) {
        onTime(nowNs);
        if (live.size() >= options.requestsMax()) {
            throw new IllegalStateException(live.size() + " requests are live, which is the limit");
        }
        byte[] random = new byte[16];
        entropy.nextBytes(random);
        String salt = HexFormat.of().formatHex(random);
        if (live.containsKey(salt)) {
            throw new IllegalStateException("the entropy source repeats itself");
        }
        byte[] datagram = encoder.encode(question.type(), question.query(), salt, wallS);
        Live<P> request = new Live<>(question, callback, datagram, shuffled(Coverage.of(coverage, peers.size())));
        request.expiresNs = nowNs + options.expiryNs();
        request.resendsLeft = options.resend().timesMax();
        request.intervalNs = options.resend().firstNs();
        request.resendNs = nowNs + request.intervalNs;
        live.put(salt, request);
        request.silent.forEach(peer -> sender.send(peer, datagram));
        return salt;
    }

    private List<P> shuffled(int count) {
        List<P> rest = new ArrayList<>(peers);
        List<P> chosen = new ArrayList<>(count);
        while (chosen.size() < count) {
            chosen.add(rest.remove((int) Long.remainderUnsigned(entropy.nextLong(), rest.size())));
        }
        return chosen;
    }

    /**
     * A datagram has come. What is not signed, or answers nothing that is live, is ignored and counted.
     *
     * @param datagram stays the caller's
     */
    public void received(byte[] datagram, int offset, int length, P from, long nowNs) {
        DecodedReply decoded = decoder.decode(datagram, offset, length);
        Live<P> request = decoded instanceof Reply reply ? live.get(reply.salt()) : null;
        if (request == null) {
            ignored++;
        } else {
            Reply reply = (Reply) decoded;
            request.silent.remove(from);
            request.replies++;
            request.callback.accept(new Upcall.Replied<>(reply.salt(), request.question, reply, from));
        }
        onTime(nowNs);
    }

    /** Ends the requests whose time is over, and sends others again to peers that have not replied. */
    public void onTime(long nowNs) {
        expire(nowNs);
        for (Live<P> request : live.values()) {
            if (request.isToBeResent() && request.resendNs - nowNs <= 0) {
                resend(request, nowNs);
            }
        }
    }

    /** Once, also if several times have passed meanwhile. */
    private void resend(Live<P> request, long nowNs) {
        while (request.resendsLeft > 0 && request.resendNs - nowNs <= 0) {
            request.resendsLeft--;
            request.intervalNs = options.resend().next(request.intervalNs);
            request.resendNs += request.intervalNs;
        }
        for (P peer : request.silent) {
            resent++;
            sender.send(peer, request.datagram);
        }
    }

    private void expire(long nowNs) {
        List<Map.Entry<String, Live<P>>> over = new ArrayList<>();
        for (Iterator<Map.Entry<String, Live<P>>> all = live.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<String, Live<P>> entry = all.next();
            if (entry.getValue().expiresNs - nowNs <= 0) {
                over.add(entry);
                all.remove();
            }
        }
        for (Map.Entry<String, Live<P>> entry : over) {
            Live<P> request = entry.getValue();
            request.callback.accept(new Upcall.Expired<>(entry.getKey(), request.question));
        }
    }

    /** When {@link #onTime} has something to do; null while no request is live. */
    public @Nullable Long nextTimeNs(long nowNs) {
        Long next = null;
        for (Live<P> request : live.values()) {
            long leftNs = request.leftNs(nowNs);
            next = next == null ? leftNs : Math.min(next, leftNs);
        }
        return next == null ? null : nowNs + next;
    }

    /** Takes replies for longer; no effect on a request that is not live. */
    public void extend(String salt, long byNs) {
        Live<P> request = live.get(salt);
        if (request != null) {
            request.expiresNs += byNs;
        }
    }

    /** Ends a request without a further callback. */
    public void forget(String salt) {
        live.remove(salt);
    }

    /**
     * How far a request is.
     *
     * @param sent to how many peers
     * @param received replies, several of one peer included
     */
    public record Progress(int sent, int received) {
        /** Whether enough have replied. */
        public boolean enough() {
            return received >= Coverage.needed(sent);
        }
    }

    /** How far a request is; null if it is not live. */
    public @Nullable Progress progress(String salt) {
        Live<P> request = live.get(salt);
        return request == null ? null : new Progress(request.sent, request.replies);
    }

    /** Datagrams that answered nothing. */
    public long ignored() {
        return ignored;
    }

    /** Datagrams that were sent again. */
    public long resent() {
        return resent;
    }
}
