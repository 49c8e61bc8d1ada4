package org.msgr2.core.wire;

import java.time.Duration;

/**
 * Every bound of the messenger, in one place. A value beyond its bound is refused with a
 * {@link org.msgr2.core.FaultKind#LIMIT} or {@link org.msgr2.core.FaultKind#TIMEOUT} fault that names both.
 *
 * <p>Immutable. The defaults follow spec/msgr2 §2.4 and §5.7.
 */
public record Limits(
        Handshake handshake, Frames frames, Queues queues, Timeouts timeouts, Services services, Calls calls) {
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;

    public static Limits defaults() {
        return new Limits(Handshake.DEFAULTS, Frames.DEFAULTS, Queues.DEFAULTS, Timeouts.DEFAULTS);
    }

    /** What is above sessions has its defaults. */
    public Limits(Handshake handshake, Frames frames, Queues queues, Timeouts timeouts) {
        this(handshake, frames, queues, timeouts, Services.DEFAULTS, Calls.DEFAULTS);
    }

    public Limits withHandshake(Handshake bounds) {
        return new Limits(bounds, frames, queues, timeouts, services, calls);
    }

    public Limits withFrames(Frames bounds) {
        return new Limits(handshake, bounds, queues, timeouts, services, calls);
    }

    public Limits withQueues(Queues bounds) {
        return new Limits(handshake, frames, bounds, timeouts, services, calls);
    }

    public Limits withTimeouts(Timeouts bounds) {
        return new Limits(handshake, frames, queues, bounds, services, calls);
    }

    public Limits withServices(Services bounds) {
        return new Limits(handshake, frames, queues, timeouts, bounds, calls);
    }

    public Limits withCalls(Calls bounds) {
        return new Limits(handshake, frames, queues, timeouts, services, bounds);
    }

    /**
     * What a peer may cost us before its session is ready. Ceph itself has no bound here: one unauthenticated peer can
     * make it allocate 4 GiB (spec/msgr2 §2.4).
     *
     * <p>A peer holds at most {@code frameBytesMax + 2 * signatureLogBytesMax + readBufferBytes} plus the answers that it has
     * not read yet, which share that read buffer's size: 64 KiB by default.
     *
     * @param frameBytesMax one frame's only segment
     * @param signatureLogBytesMax the recorded bytes of one direction, which the signatures cover
     * @param readBufferBytes what is read from the socket at once
     * @param writeBufferBytes all that is said to one peer until the signatures, taken or not
     * @param bannerPayloadBytesMax the part of the banner whose length the peer states; the first 16 bytes are used
     * @param authRoundsMax AUTH frames that one peer may send
     * @param negotiationRoundsMax frames between the signatures and READY
     * @param peersMax connections that are not ready yet, per messenger; the oldest is dropped to admit another
     */
    public record Handshake(
            int frameBytesMax,
            int signatureLogBytesMax,
            int readBufferBytes,
            int writeBufferBytes,
            int bannerPayloadBytesMax,
            int authRoundsMax,
            int negotiationRoundsMax,
            int peersMax) {
        static final Handshake DEFAULTS = new Handshake(16 * KIB, 16 * KIB, 8 * KIB, 8 * KIB, 1 * KIB, 16, 16, 512);

        public Handshake {
            positive("frameBytesMax", frameBytesMax);
            positive("signatureLogBytesMax", signatureLogBytesMax);
            positive("readBufferBytes", readBufferBytes);
            positive("writeBufferBytes", writeBufferBytes);
            atLeast("bannerPayloadBytesMax", bannerPayloadBytesMax, 16);
            positive("authRoundsMax", authRoundsMax);
            positive("negotiationRoundsMax", negotiationRoundsMax);
            positive("peersMax", peersMax);
        }

        public Handshake withPeersMax(int peers) {
            return new Handshake(
                    frameBytesMax,
                    signatureLogBytesMax,
                    readBufferBytes,
                    writeBufferBytes,
                    bannerPayloadBytesMax,
                    authRoundsMax,
                    negotiationRoundsMax,
                    peers);
        }

        /** The most that one peer can make us hold before READY. */
        public int bytesPerPeerMax() {
            return frameBytesMax + 2 * signatureLogBytesMax + readBufferBytes + writeBufferBytes;
        }
    }

    /**
     * Sizes of frames once the session is ready.
     *
     * @param controlBytesMax a control frame's only segment
     * @param headerBytesMax a MESSAGE's first segment; at least the 41 bytes of header2
     * @param frontBytesMax a MESSAGE's second segment
     * @param middleBytesMax a MESSAGE's third segment
     * @param dataBytesMax a MESSAGE's fourth segment
     * @param messageBytesMax front, middle and data together
     * @param addressesMax entries of an address vector
     * @param listMax entries of any other list in a control frame
     */
    public record Frames(
            int controlBytesMax,
            int headerBytesMax,
            int frontBytesMax,
            int middleBytesMax,
            int dataBytesMax,
            int messageBytesMax,
            int addressesMax,
            int listMax) {
        static final Frames DEFAULTS =
                new Frames(64 * KIB, 4 * KIB, 128 * MIB, 128 * MIB, 256 * MIB, 512 * MIB, 32, 64);

        public Frames {
            positive("controlBytesMax", controlBytesMax);
            atLeast("headerBytesMax", headerBytesMax, 41);
            positive("frontBytesMax", frontBytesMax);
            positive("middleBytesMax", middleBytesMax);
            positive("dataBytesMax", dataBytesMax);
            positive("messageBytesMax", messageBytesMax);
            positive("addressesMax", addressesMax);
            positive("listMax", listMax);
        }

        public Frames withMessageBytesMax(int bytes) {
            return new Frames(
                    controlBytesMax,
                    headerBytesMax,
                    Math.min(frontBytesMax, bytes),
                    Math.min(middleBytesMax, bytes),
                    Math.min(dataBytesMax, bytes),
                    bytes,
                    addressesMax,
                    listMax);
        }
    }

    /**
     * What may wait.
     *
     * @param sendMessagesMax messages accepted by {@code send} and not yet written, per connection
     * @param sendBytesMax their bytes; one message larger than that is accepted alone
     * @param dispatchBytesMax message bytes received and not yet handled, per messenger; 0 is unlimited
     * @param dispatchMessagesMax the same in messages, per connection: its reading stops beyond
     * @param connectionsMax connections at once, per messenger; beyond, accepted sessions whose peers are gone give way
     * @param poisonBreaksMax connections in a row that one message may break before its session ends; 0 is any number
     */
    public record Queues(
            int sendMessagesMax,
            long sendBytesMax,
            long dispatchBytesMax,
            int dispatchMessagesMax,
            int connectionsMax,
            int poisonBreaksMax) {
        static final Queues DEFAULTS = new Queues(16 * KIB, 64L * MIB, 100L * MIB, 4 * KIB, 64 * KIB, 5);

        public Queues {
            positive("sendMessagesMax", sendMessagesMax);
            positive("sendBytesMax", sendBytesMax);
            if (dispatchBytesMax < 0) {
                throw new IllegalArgumentException("dispatchBytesMax must not be negative: " + dispatchBytesMax);
            }
            positive("dispatchMessagesMax", dispatchMessagesMax);
            positive("connectionsMax", connectionsMax);
            atLeast("poisonBreaksMax", poisonBreaksMax, 0);
        }

        public Queues withSend(int messages, long bytes) {
            return new Queues(messages, bytes, dispatchBytesMax, dispatchMessagesMax, connectionsMax, poisonBreaksMax);
        }

        public Queues withDispatch(long bytes, int messages) {
            return new Queues(sendMessagesMax, sendBytesMax, bytes, messages, connectionsMax, poisonBreaksMax);
        }

        public Queues withConnectionsMax(int connections) {
            return new Queues(
                    sendMessagesMax, sendBytesMax, dispatchBytesMax, dispatchMessagesMax, connections, poisonBreaksMax);
        }

        public Queues withPoisonBreaksMax(int breaks) {
            return new Queues(
                    sendMessagesMax, sendBytesMax, dispatchBytesMax, dispatchMessagesMax, connectionsMax, breaks);
        }
    }

    /**
     * How long we wait (spec/msgr2 §5.7).
     *
     * @param ready from the start of a connection attempt, or of an accepted socket, until READY
     * @param idle without a byte read on a ready connection
     * @param keepalive for the answer to a KEEPALIVE2
     * @param backoffInitial before the first retry; doubles with each further one
     * @param backoffMax the longest wait between retries
     * @param standby for the peer of an interrupted session to come back, if it is the peer who dials. What is queued for it is
     *     kept for so long
     * @param close for queued messages to leave when a connection or a messenger is closed
     */
    public record Timeouts(
            Duration ready,
            Duration idle,
            Duration keepalive,
            Duration backoffInitial,
            Duration backoffMax,
            Duration standby,
            Duration close) {
        static final Timeouts DEFAULTS = new Timeouts(
                Duration.ofSeconds(10),
                Duration.ofSeconds(900),
                Duration.ofSeconds(30),
                Duration.ofMillis(200),
                Duration.ofSeconds(15),
                Duration.ofSeconds(900),
                Duration.ofSeconds(5));

        public Timeouts {
            positive("ready", ready.toNanos());
            positive("idle", idle.toNanos());
            positive("keepalive", keepalive.toNanos());
            positive("backoffInitial", backoffInitial.toNanos());
            positive("standby", standby.toNanos());
            positive("close", close.toNanos());
            if (backoffMax.compareTo(backoffInitial) < 0) {
                throw new IllegalArgumentException(
                        "backoffMax " + backoffMax + " is less than backoffInitial " + backoffInitial);
            }
        }

        public Timeouts withReady(Duration wait) {
            return new Timeouts(wait, idle, keepalive, backoffInitial, backoffMax, standby, close);
        }

        public Timeouts withIdle(Duration wait) {
            return new Timeouts(ready, wait, keepalive, backoffInitial, backoffMax, standby, close);
        }

        public Timeouts withKeepalive(Duration wait) {
            return new Timeouts(ready, idle, wait, backoffInitial, backoffMax, standby, close);
        }

        public Timeouts withBackoff(Duration initial, Duration max) {
            return new Timeouts(ready, idle, keepalive, initial, max, standby, close);
        }

        public Timeouts withStandby(Duration wait) {
            return new Timeouts(ready, idle, keepalive, backoffInitial, backoffMax, wait, close);
        }
    }

    /**
     * What one service may use, unless it was given other options.
     *
     * @param workers threads that handle its messages and calls, unless it is a fast one
     * @param bytesMax bytes of its messages and calls received and not handled: its share
     * @param messagesMax the same in messages and calls
     * @param drain for it to end what is under way, when the messenger is drained
     * @param datagramBytesMax one datagram that it receives
     * @param datagramBatchMax datagrams that it is told of together
     * @param datagramsQueuedMax datagrams to be sent that wait for the kernel, per socket
     * @param streamsMax accepted streams that are open, per listener
     */
    public record Services(
            int workers,
            long bytesMax,
            int messagesMax,
            Duration drain,
            int datagramBytesMax,
            int datagramBatchMax,
            int datagramsQueuedMax,
            int streamsMax) {
        static final Services DEFAULTS =
                new Services(2, 16L * MIB, 16 * KIB, Duration.ofSeconds(10), 65_507, 16, 1 * KIB, 256);

        public Services {
            positive("workers", workers);
            positive("bytesMax", bytesMax);
            positive("messagesMax", messagesMax);
            positive("drain", drain.toNanos());
            positive("datagramBytesMax", datagramBytesMax);
            positive("datagramBatchMax", datagramBatchMax);
            positive("datagramsQueuedMax", datagramsQueuedMax);
            positive("streamsMax", streamsMax);
        }

        public Services withShare(long bytes, int messages) {
            return new Services(
                    workers,
                    bytes,
                    messages,
                    drain,
                    datagramBytesMax,
                    datagramBatchMax,
                    datagramsQueuedMax,
                    streamsMax);
        }
    }

    /**
     * Calls of services by name, in both directions: what a peer may send us, and what we may send.
     *
     * @param callsMax calls under way on one connection, in each direction
     * @param payloadBytesMax one request, one answer or one item of a stream
     * @param windowItems items of a stream that may be under way or wait for their reader, unless a call says otherwise
     * @param windowBytes the same in bytes; the item that exceeds it still passes
     * @param bufferedBytesMax items that wait for their readers, of all streams of one connection
     * @param nameBytesMax the name of a service or of a method
     * @param metadataEntriesMax what goes with a call besides its request
     * @param metadataBytesMax names and values of these, together
     * @param textBytesMax what a failure says
     * @param tokenBytesMax the token by which a subscription is resumed
     * @param subscriptionsMax subscriptions of one messenger at its peers
     * @param waitingMax calls that wait for one of a service's peers to become ready, per service and caller
     * @param peersMax addresses that a resolver's answer is used up to
     * @param meteredMax methods called, of all services, that have meters of their own; more are counted together
     * @param deadline of a call with one answer that says nothing else. A stream without a deadline has none
     */
    public record Calls(
            int callsMax,
            int payloadBytesMax,
            int windowItems,
            int windowBytes,
            long bufferedBytesMax,
            int nameBytesMax,
            int metadataEntriesMax,
            int metadataBytesMax,
            int textBytesMax,
            int tokenBytesMax,
            int subscriptionsMax,
            int waitingMax,
            int peersMax,
            int meteredMax,
            Duration deadline) {
        static final Calls DEFAULTS = new Calls(
                4 * KIB,
                16 * MIB,
                64,
                1 * MIB,
                64L * MIB,
                64,
                32,
                8 * KIB,
                1 * KIB,
                256,
                1 * KIB,
                1 * KIB,
                64,
                256,
                Duration.ofSeconds(30));

        public Calls {
            positive("callsMax", callsMax);
            positive("payloadBytesMax", payloadBytesMax);
            positive("windowItems", windowItems);
            positive("windowBytes", windowBytes);
            positive("bufferedBytesMax", bufferedBytesMax);
            positive("nameBytesMax", nameBytesMax);
            atLeast("metadataEntriesMax", metadataEntriesMax, 0);
            atLeast("metadataBytesMax", metadataBytesMax, 0);
            positive("textBytesMax", textBytesMax);
            positive("tokenBytesMax", tokenBytesMax);
            positive("subscriptionsMax", subscriptionsMax);
            positive("waitingMax", waitingMax);
            positive("peersMax", peersMax);
            positive("meteredMax", meteredMax);
            positive("deadline", deadline.toNanos());
        }

        public Calls withCallsMax(int calls) {
            return new Calls(
                    calls,
                    payloadBytesMax,
                    windowItems,
                    windowBytes,
                    bufferedBytesMax,
                    nameBytesMax,
                    metadataEntriesMax,
                    metadataBytesMax,
                    textBytesMax,
                    tokenBytesMax,
                    subscriptionsMax,
                    waitingMax,
                    peersMax,
                    meteredMax,
                    deadline);
        }

        public Calls withPayloadBytesMax(int bytes) {
            return new Calls(
                    callsMax,
                    bytes,
                    windowItems,
                    windowBytes,
                    bufferedBytesMax,
                    nameBytesMax,
                    metadataEntriesMax,
                    metadataBytesMax,
                    textBytesMax,
                    tokenBytesMax,
                    subscriptionsMax,
                    waitingMax,
                    peersMax,
                    meteredMax,
                    deadline);
        }

        public Calls withWindow(int items, int bytes) {
            return new Calls(
                    callsMax,
                    payloadBytesMax,
                    items,
                    bytes,
                    bufferedBytesMax,
                    nameBytesMax,
                    metadataEntriesMax,
                    metadataBytesMax,
                    textBytesMax,
                    tokenBytesMax,
                    subscriptionsMax,
                    waitingMax,
                    peersMax,
                    meteredMax,
                    deadline);
        }

        public Calls withBufferedBytesMax(long bytes) {
            return new Calls(
                    callsMax,
                    payloadBytesMax,
                    windowItems,
                    windowBytes,
                    bytes,
                    nameBytesMax,
                    metadataEntriesMax,
                    metadataBytesMax,
                    textBytesMax,
                    tokenBytesMax,
                    subscriptionsMax,
                    waitingMax,
                    peersMax,
                    meteredMax,
                    deadline);
        }

        public Calls withSubscriptionsMax(int subscriptions) {
            return new Calls(
                    callsMax,
                    payloadBytesMax,
                    windowItems,
                    windowBytes,
                    bufferedBytesMax,
                    nameBytesMax,
                    metadataEntriesMax,
                    metadataBytesMax,
                    textBytesMax,
                    tokenBytesMax,
                    subscriptions,
                    waitingMax,
                    peersMax,
                    meteredMax,
                    deadline);
        }
    }

    private static void positive(String name, long value) {
        atLeast(name, value, 1);
    }

    private static void atLeast(String name, long value, long min) {
        if (value < min) {
            throw new IllegalArgumentException(name + " must be at least " + min + ": " + value);
        }
    }
}
