package org.msgr2.session.handshake;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.frame.ByteSink;
import org.msgr2.crypto.auth.AuthReply;

/**
 * The handshake of one connection, either end: banner → HELLO → AUTH → signatures → {@link Secured}. Consumes exactly its
 * own bytes. Times are its owner's business. Not thread-safe.
 */
public final class Handshake implements AutoCloseable {

    /** How a handshake stands. */
    public enum Status {
        /** The peer has to say more. */
        NEED_BYTES,
        /** {@link #pendingReply} has to complete; give its result to {@link #resume}. Bytes must wait. */
        PENDING,
        /** {@link #secured} has the result. */
        DONE
    }

    private final Exchange exchange;
    private Phase phase;
    private @Nullable CompletionStage<AuthReply> pending;
    private @Nullable Secured secured;

    private Handshake(Exchange exchange) {
        this.exchange = exchange;
        this.phase = new BannerPhase(exchange.config());
    }

    /**
     * @param target the address that was dialled, told to the peer
     * @param expectedType a peer of another type is refused for good; {@link EntityType#ANY} takes any
     * @param out takes what has to be sent
     */
    public static Handshake connecting(
            HandshakeConfig config, EntityAddr target, EntityType expectedType, ByteSink out) {
        return new Handshake(new Exchange(config, true, target, expectedType, out));
    }

    /**
     * @param remote the address that the peer came from, told to the peer
     * @param out takes what has to be sent
     */
    public static Handshake accepting(HandshakeConfig config, EntityAddr remote, ByteSink out) {
        return new Handshake(new Exchange(config, false, remote, EntityType.ANY, out));
    }

    /** Shows every frame of the stream from now on, beyond the handshake too. Before {@link #start}. */
    public void observedBy(FrameTap tap) {
        exchange.observedBy(tap);
    }

    /** Sends the banner. Once, first. */
    public void start() throws ProtocolException {
        phase.enter(exchange);
    }

    /**
     * Goes on with the readable bytes of {@code in}, which is borrowed; bytes behind the handshake stay in it.
     *
     * @throws ProtocolException if the connection cannot become a session
     */
    public Status bytes(ByteBuf in) throws ProtocolException {
        if (pending != null) {
            throw new IllegalStateException("bytes must wait for the pending answer");
        }
        Status status;
        do {
            status = apply(phase.advance(in, exchange));
        } while (status == null);
        return status;
    }

    /** The answer that PENDING waited for; then call {@link #bytes} with what came meanwhile. */
    public Status resume(AuthReply reply) throws ProtocolException {
        if (pending == null) {
            throw new IllegalStateException("no answer is pending");
        }
        pending = null;
        Status status = apply(phase.resume(reply, exchange));
        return status == null ? Status.NEED_BYTES : status;
    }

    /** Null means: go on at once. */
    private @Nullable Status apply(Step step) throws ProtocolException {
        if (step instanceof Step.NeedBytes) {
            return Status.NEED_BYTES;
        }
        if (step instanceof Step.Next next) {
            phase = next.phase();
            phase.enter(exchange);
        } else if (step instanceof Step.Pending wait) {
            pending = wait.reply();
            return Status.PENDING;
        } else if (step instanceof Step.Done done) {
            secured = done.secured();
            return Status.DONE;
        }
        return null;
    }

    public CompletionStage<AuthReply> pendingReply() {
        if (pending == null) {
            throw new IllegalStateException("no answer is pending");
        }
        return pending;
    }

    /** Once, after DONE; ownership passes to the caller. */
    public Secured secured() {
        if (secured == null) {
            throw new IllegalStateException("the handshake is not done: it waits for " + phase);
        }
        Secured result = secured;
        secured = null;
        return result;
    }

    /** What is being waited for, for messages about a peer that does not say it. */
    public String waitingFor() {
        return phase.toString();
    }

    /** Releases what was received; an answer that is still awaited comes too late. */
    @Override
    public void close() {
        pending = null;
        exchange.clear();
        if (secured != null) {
            secured.decoder().close();
            secured = null;
        }
    }
}
