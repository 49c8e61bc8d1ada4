package org.msgr2.session.planted;

import static org.msgr2.session.planted.Rewriting.EACH;
import static org.msgr2.session.planted.Rewriting.callReturns;
import static org.msgr2.session.planted.Rewriting.callReturnsMore;
import static org.msgr2.session.planted.Rewriting.callTwice;
import static org.msgr2.session.planted.Rewriting.callsOther;
import static org.msgr2.session.planted.Rewriting.doesNothing;
import static org.msgr2.session.planted.Rewriting.dropCall;
import static org.msgr2.session.planted.Rewriting.dropStore;
import static org.msgr2.session.planted.Rewriting.invert;
import static org.msgr2.session.planted.Rewriting.loopsOnce;
import static org.msgr2.session.planted.Rewriting.number;
import static org.msgr2.session.planted.Rewriting.passes;
import static org.msgr2.session.planted.Rewriting.returns;
import static org.msgr2.session.planted.Rewriting.stores;
import static org.msgr2.session.planted.Rewriting.swapsArguments;
import static org.msgr2.session.planted.Rewriting.usesOther;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.objectweb.asm.Opcodes;

/**
 * The catalogue: mistakes as they happen when a session layer is maintained. Those that Ceph had are named with their place in
 * the specification.
 */
final class PlantedBugs {
    private static final String SESSION = "session.machine.Session";
    private static final String OUTBOUND = "session.machine.Outbound";
    private static final String ESTABLISHMENT = "session.machine.Establishment";
    private static final String RULES = "session.accept.AcceptRules";
    private static final String DRIVER = "session.driver.ConnectionDriver";
    private static final String LINK = "session.driver.Link";

    /**
     * Those that the simulator is not yet known to find in time. Some may be masked by a second defence.
     */
    private static final Set<String> HIDING = Set.of(
            "never sent again",
            "any position is resumed",
            "duplicates are delivered",
            "a big message forgets that it is kept",
            "the rest of a message goes over the next transport",
            "the rest of a message is never let go",
            "write in progress outlives its transport",
            "revoked message counts for ever",
            "revoked messages are not counted off",
            "revoked message is written",
            "revoked message is not released",
            "lower priority first",
            "sent to a closed session, kept",
            "a duplicate keeps its permits (9.2, P25)",
            "permits granted too late are kept",
            "reading is not paused",
            "writing after close",
            "disposable forgotten",
            "connected twice",
            "interruption without event",
            "standby without event",
            "failed attempt without event",
            "probe is never proven",
            "poison after any break",
            "progress does not clear the suspicion",
            "WAIT without an end",
            "WAIT does not wait",
            "close timer not armed",
            "standby timer not disarmed",
            "backoff timer fires only in BACKOFF",
            "idle is never noticed",
            "reading is not noticed",
            "a paused reader counts as idle",
            "backoff does not grow",
            "always dials at once",
            "timers of an ended session",
            "keepalive answered with a wrong stamp",
            "keepalive not answered",
            "an answer answers nothing",
            "pings of a lost transport are kept",
            "pings of a lost transport do not fail",
            "pings not sent do not fail at the end",
            "keepalive forgets the transport",
            "missing answers are not noticed",
            "answers are not waited for",
            "failed ping is not told",
            "ping on a closed session is not told",
            "connect_seq not raised",
            "connect_seq not adopted",
            "global_seq not heard on reconnect",
            "global_seq not heard on ident",
            "confirmed before it was",
            "never confirmed",
            "SESSION_RETRY answered without one more",
            "global_seq not raised on RETRY_GLOBAL",
            "RETRY without connect_seq (9.2: endless)",
            "RETRY_GLOBAL without global_seq",
            "any address is ours",
            "wrong node is welcome",
            "stale SESSION_RECONNECT accepted",
            "connect_seq not compared",
            "acknowledged position not compared",
            "a session at rest is not taken over",
            "restarted peer refused (9.2, S40)",
            "lossy session taken over",
            "forgetting is always noticed",
            "any entity goes on",
            "only one end resets",
            "the race is won in silence",
            "remote reset without event",
            "remote reset keeps what is undelivered",
            "undelivered messages keep their permits",
            "undelivered messages are delivered",
            "ended session is found by dialling",
            "absent peer is never evicted",
            "closed() is not completed",
            "last batch is not flushed",
            "bytes behind the handshake are lost",
            "gate is not left",
            "gate is not left by a session",
            "decoder of a failed negotiation is not closed",
            "moved link is timed no more",
            "aborted message is delivered");

    private PlantedBugs() {}

    /** Those that the simulator has to find. */
    static List<PlantedBug> all() {
        return catalogue().stream().filter(bug -> !HIDING.contains(bug.name())).toList();
    }

    /** Those that it does not find yet. */
    static List<PlantedBug> hiding() {
        return catalogue().stream().filter(bug -> HIDING.contains(bug.name())).toList();
    }

    private static List<PlantedBug> catalogue() {
        List<PlantedBug> all = new ArrayList<>();
        all.addAll(sequences());
        all.addAll(sending());
        all.addAll(receiving());
        all.addAll(life());
        all.addAll(timers());
        all.addAll(keepalives());
        all.addAll(establishing());
        all.addAll(accepting());
        all.addAll(forgetting());
        all.addAll(driving());
        all.addAll(linking());
        all.addAll(framing());
        return List.copyOf(all);
    }

    private static PlantedBug bug(String name, String loss, String className, String method, Rewriting rewriting) {
        return new PlantedBug(name, loss, className, method, rewriting);
    }

    private static List<PlantedBug> sequences() {
        return List.of(
                bug("requeued in reverse", "order", OUTBOUND, "transportLost", callsOther("Deque.addFirst", "addLast")),
                bug("out_seq not rolled back", "messages", OUTBOUND, "transportLost", dropStore("Outbound.outSeq")),
                bug(
                        "unacknowledged not requeued",
                        "messages",
                        OUTBOUND,
                        "transportLost",
                        callReturns("Deque.isEmpty", true)),
                bug("ack releases one too many", "a message", OUTBOUND, "acknowledged", number(1, 0)),
                bug("ack compared the wrong way round", "messages", OUTBOUND, "acknowledged", invert(2, 2)),
                bug(
                        "one ack, one message (9.2: ack stops at 128)",
                        "the queue stays full",
                        OUTBOUND,
                        "acknowledged",
                        loopsOnce()),
                bug("never sent again", "messages", OUTBOUND, "next", callReturns("Deque.isEmpty", true)),
                bug(
                        "what the peer has is not released on resume",
                        "budget, memory",
                        OUTBOUND,
                        "resume",
                        dropCall("Outbound.release")),
                bug(
                        "any position is resumed",
                        "internal error",
                        OUTBOUND,
                        "resume",
                        callReturns("Long.compareUnsigned", 0, EACH, 2)),
                bug(
                        "resume one too early",
                        "remote reset",
                        SESSION,
                        "negotiated",
                        callReturnsMore("Resumed.msgSeq", -1, 1, 2)),
                bug(
                        "resume one too late",
                        "a message",
                        SESSION,
                        "negotiated",
                        callReturnsMore("Resumed.msgSeq", 1, 1, 2)),
                bug(
                        "acceptor resumes one too late",
                        "a message",
                        SESSION,
                        "resumed",
                        callReturnsMore("SessionReconnect.msgSeq", 1, 1, 1)),
                bug(
                        "in_seq not restarted",
                        "messages",
                        "session.machine.AckTracker",
                        "restart",
                        dropStore("AckTracker.inSeq")),
                bug(
                        "first of a new session is a duplicate",
                        "messages",
                        SESSION,
                        "accepted",
                        dropCall("AckTracker.restart")),
                bug(
                        "begun without in_seq restarted",
                        "messages",
                        SESSION,
                        "negotiated",
                        dropCall("AckTracker.restart", EACH, 2)),
                bug(
                        "ack of what has not come",
                        "messages",
                        SESSION,
                        "poll",
                        callReturnsMore("AckTracker.tell", 1, 1, 2)),
                bug(
                        "ACK frame of what has not come",
                        "messages",
                        SESSION,
                        "poll",
                        callReturnsMore("AckTracker.tell", 1, 2, 2)),
                bug("no ACK when idle", "the queue stays full", "session.machine.AckTracker", "isDue", returns(false)),
                bug(
                        "ack in a MESSAGE ignored",
                        "the queue stays full",
                        SESSION,
                        "message",
                        dropCall("Session.acknowledged")),
                bug("ACK frame ignored", "the queue stays full", SESSION, "frame", dropCall("Session.acknowledged")),
                bug(
                        "reconnect tells in_seq 0",
                        "remote reset",
                        SESSION,
                        "secured",
                        callReturns("AckTracker.inSeq", 0L)),
                bug(
                        "RECONNECT_OK tells in_seq 0",
                        "remote reset",
                        SESSION,
                        "resumed",
                        callReturns("AckTracker.inSeq", 0L)),
                bug(
                        "in_seq off by one in RECONNECT_OK",
                        "a message",
                        SESSION,
                        "resumed",
                        callReturnsMore("AckTracker.inSeq", 1, 1, 1)),
                bug(
                        "duplicates are delivered",
                        "exactly once",
                        "session.machine.AckTracker",
                        "received",
                        callReturns("Long.compareUnsigned", 1)),
                bug(
                        "seq and ack_seq swapped",
                        "everything",
                        "core.frame.OutFrame",
                        "message",
                        swapsArguments("MessageHeader.write", 1, 1)));
    }

    private static List<PlantedBug> sending() {
        return List.of(
                bug(
                        "nothing is kept for sending again",
                        "messages",
                        "session.machine.MessageWriter",
                        "begin",
                        passes("Outbound.written", false, EACH, 3)),
                bug(
                        "a big message forgets that it is kept",
                        "messages",
                        "session.machine.MessageWriter",
                        "begin",
                        dropStore("MessageWriter.kept", EACH, 2)),
                bug(
                        "the rest of a message goes over the next transport",
                        "the connection",
                        "session.machine.MessageWriter",
                        "transportLost",
                        dropStore("MessageWriter.current")),
                bug(
                        "the rest of a message is never let go",
                        "memory",
                        "session.machine.MessageWriter",
                        "releaseWritten",
                        dropCall("Message.release")),
                bug(
                        "write in progress outlives its transport",
                        "the connection",
                        SESSION,
                        "closeTransport",
                        dropCall("MessageWriter.transportLost")),
                bug("requeue forgotten", "messages", SESSION, "closeTransport", dropCall("Outbound.transportLost")),
                bug("revoked message counts for ever", "budget", OUTBOUND, "revoked", dropCall("Consumer.accept")),
                bug(
                        "revoked messages are not counted off",
                        "messages",
                        "session.machine.OutQueue",
                        "left",
                        dropStore("OutQueue.revoked")),
                bug(
                        "revoked message is written",
                        "what was taken back arrives",
                        "session.machine.OutMessage",
                        "begin",
                        returns(true)),
                bug(
                        "revoked message is not released",
                        "memory",
                        "session.machine.OutMessage",
                        "revoke",
                        dropCall("Message.release")),
                bug("lower priority first", "order of priorities", "core.message.PriorityFifo", "add", invert(4, 4)),
                bug("sent to a closed session, kept", "memory", SESSION, "send", dropCall("Session.discardQueue")),
                bug(
                        "sent message keeps its budget",
                        "back-pressure for ever",
                        DRIVER,
                        "sent",
                        dropCall("ConnectionHandle.unreserve")),
                bug(
                        "nobody tells that there is room again",
                        "the sender waits for ever",
                        "session.driver.SendBudget",
                        "takeWritable",
                        returns(false)));
    }

    private static List<PlantedBug> receiving() {
        return List.of(
                bug(
                        "a duplicate keeps its permits (9.2, P25)",
                        "reading stops",
                        SESSION,
                        "message",
                        dropCall("Receiver.releaseAdmitted")),
                bug(
                        "permits of a lost transport are kept",
                        "reading stops",
                        "session.machine.Receiver",
                        "close",
                        dropCall("Receiver.releaseAdmitted")),
                bug(
                        "permits are given back twice",
                        "the bound on memory",
                        "session.machine.Receiver",
                        "passAdmitted",
                        doesNothing()),
                bug(
                        "permits granted too late are kept",
                        "reading stops",
                        SESSION,
                        "permitsGranted",
                        dropCall("SessionEffects.releasePermits")),
                bug(
                        "reading is not resumed",
                        "the connection stalls",
                        "session.machine.Receiver",
                        "granted",
                        dropCall("SessionEffects.pauseReading")),
                bug(
                        "reading is not paused",
                        "the bound on memory",
                        "session.machine.Receiver",
                        "askAdmission",
                        dropCall("SessionEffects.pauseReading")),
                bug(
                        "parked bytes are not released",
                        "memory",
                        "session.machine.Receiver",
                        "close",
                        dropCall("Queue.forEach")),
                bug(
                        "the decoder is not closed",
                        "memory",
                        "session.machine.Receiver",
                        "close",
                        dropCall("FrameDecoder.close")),
                bug("old receiver goes on", "permits, memory", SESSION, "closeTransport", dropCall("Receiver.close")),
                bug(
                        "a decoding fault is swallowed (9.2, F17)",
                        "the connection hangs",
                        SESSION,
                        "guarded",
                        dropCall("Session.fault")),
                bug(
                        "waiters for permits are not told",
                        "reading stops",
                        "session.machine.Throttle",
                        "release",
                        dropCall("List.forEach")),
                bug(
                        "message permits not given back",
                        "reading stops",
                        "session.driver.PermitGate",
                        "release",
                        dropCall("Throttle.release", 2, 2)),
                bug(
                        "byte permits not given back",
                        "reading stops",
                        "session.driver.PermitGate",
                        "release",
                        dropCall("Throttle.release", 1, 2)),
                bug(
                        "fast dispatch keeps the permits",
                        "reading stops",
                        DRIVER,
                        "runFastDeliveries",
                        dropCall("PermitGate.release")),
                bug(
                        "a released message keeps its policy's permits",
                        "reading stops",
                        DRIVER,
                        "deliver",
                        dropCall("Message.onDeallocate")),
                bug(
                        "a receive that fails keeps its policy's permits",
                        "reading stops",
                        DRIVER,
                        "releasePermits",
                        dropCall("PermitGate.released")),
                bug(
                        "who waits no more keeps what it had",
                        "reading stops",
                        "session.driver.PermitGate$Request",
                        "abandon",
                        dropCall("Request.giveBack")),
                bug(
                        "throttles let everybody in",
                        "the bound on memory",
                        "session.machine.Throttle",
                        "fits",
                        returns(true)),
                bug(
                        "dispatched message is not released",
                        "memory",
                        "session.dispatch.DispatchQueue$MessageTask",
                        "run",
                        dropCall("Message.release", EACH, 3)),
                bug(
                        "dispatch keeps the permits",
                        "reading stops",
                        "session.dispatch.DispatchQueue$MessageTask",
                        "run",
                        dropCall("Runnable.run", EACH, 4)));
    }

    private static List<PlantedBug> life() {
        return List.of(
                bug(
                        "standby with something to send",
                        "messages wait for ever",
                        SESSION,
                        "fault",
                        callReturns("Outbound.isEmpty", true)),
                bug(
                        "standby is not left to send",
                        "messages wait for ever",
                        SESSION,
                        "wake",
                        dropCall("Session.startAttempt")),
                bug(
                        "transport not closed on take-over",
                        "a connection",
                        SESSION,
                        "take",
                        dropCall("Session.closeTransport")),
                bug(
                        "the lost transport is not closed",
                        "a connection",
                        SESSION,
                        "closeTransport",
                        dropCall("SessionEffects.closeTransport")),
                bug(
                        "generation not raised",
                        "an old connection ends the new one",
                        SESSION,
                        "openTransport",
                        dropStore("Session.generation")),
                bug("writing after close", "the last messages", SESSION, "poll", callReturns("Outbound.isDone", true)),
                bug(
                        "lossy session goes on after a fault",
                        "the reset event",
                        SESSION,
                        "fault",
                        callReturns("Session.endsWithTransport", false)),
                bug("disposable forgotten", "the reset event", SESSION, "markDisposable", doesNothing()),
                bug("connected twice", "one event too many", SESSION, "ready", callTwice("SessionEffects.notify")),
                bug(
                        "interruption without event",
                        "an event",
                        SESSION,
                        "fault",
                        dropCall("SessionEffects.notify", 2, 3)),
                bug("standby without event", "an event", SESSION, "fault", dropCall("SessionEffects.notify", 1, 3)),
                bug(
                        "failed attempt without event",
                        "an event",
                        SESSION,
                        "fault",
                        dropCall("SessionEffects.notify", 3, 3)),
                bug("end without reset event", "an event", SESSION, "end", dropCall("SessionEffects.notify")),
                bug("end is not told", "closed() never completes", SESSION, "end", dropCall("SessionEffects.ended")),
                bug("end keeps its queue", "memory", SESSION, "end", dropCall("Session.discardQueue")),
                bug(
                        "discarded without event",
                        "the loss is silent",
                        SESSION,
                        "discardQueue",
                        dropCall("SessionEffects.notify")),
                bug("discarded one not counted", "the loss is silent", OUTBOUND, "discardAll", invert(8, 8)),
                bug(
                        "probe is never proven",
                        "messages wait for ever",
                        SESSION,
                        "pingAnswered",
                        dropCall("PoisonWatch.proven")),
                bug(
                        "poison after any break",
                        "the session",
                        "session.machine.PoisonWatch",
                        "ready",
                        callReturns("Object.equals", true)),
                bug(
                        "progress does not clear the suspicion",
                        "the session",
                        SESSION,
                        "acknowledged",
                        dropCall("PoisonWatch.progressed")));
    }

    private static List<PlantedBug> timers() {
        return List.of(
                bug(
                        "ready timer not armed",
                        "hangs on a silent peer",
                        SESSION,
                        "startAttempt",
                        dropCall("SessionEffects.armTimer")),
                bug(
                        "backoff timer not armed",
                        "never dials again",
                        SESSION,
                        "backOff",
                        dropCall("SessionEffects.armTimer")),
                bug(
                        "WAIT without an end",
                        "never dials again",
                        SESSION,
                        "waitForPeer",
                        dropCall("SessionEffects.armTimer")),
                bug(
                        "WAIT does not wait",
                        "the race begins again",
                        SESSION,
                        "waitForPeer",
                        callReturns("Duration.toNanos", 0L)),
                bug(
                        "close timer not armed",
                        "close() never completes",
                        SESSION,
                        "close",
                        dropCall("SessionEffects.armTimer")),
                bug(
                        "standby timer not armed",
                        "sessions of peers that are gone",
                        SESSION,
                        "standBy",
                        dropCall("SessionEffects.armTimer")),
                bug(
                        "standby timer not disarmed",
                        "ends a session that goes on",
                        SESSION,
                        "openTransport",
                        dropCall("SessionEffects.disarmTimer", 2, 2)),
                bug("backoff timer fires only in BACKOFF", "never dials again", SESSION, "timerFired", invert(3, 6)),
                bug(
                        "idle is never noticed",
                        "hangs on a silent peer",
                        "session.machine.Liveness",
                        "checkIdle",
                        returns(null)),
                bug(
                        "reading is not noticed",
                        "idle fault under traffic",
                        "session.machine.Liveness",
                        "read",
                        doesNothing()),
                bug(
                        "a paused reader counts as idle",
                        "fault by our own back-pressure",
                        SESSION,
                        "checkAlive",
                        callReturns("Receiver.isPaused", false)),
                bug(
                        "backoff does not grow",
                        "a storm of attempts",
                        "session.machine.Backoff",
                        "nextNs",
                        stores("Backoff.lastNs", 1_000_000L)),
                bug("always dials at once", "a storm of attempts", "session.machine.Backoff", "lost", returns(true)),
                bug(
                        "timers of an ended session",
                        "inputs after the end",
                        SESSION,
                        "end",
                        dropCall("SessionEffects.disarmTimer")),
                bug(
                        "incoming connection is not timed",
                        "silent peers fill the gate",
                        LINK,
                        "armReadyTimer",
                        doesNothing()));
    }

    private static List<PlantedBug> keepalives() {
        return List.of(
                bug(
                        "keepalive answered with a wrong stamp",
                        "pings fail",
                        SESSION,
                        "frame",
                        callReturns(
                                "Keepalive2.timestamp",
                                new Rewriting.Constant(
                                        "org/msgr2/core/wire/UTime", "ZERO", "Lorg/msgr2/core/wire/UTime;"))),
                bug("keepalive not answered", "pings fail", SESSION, "frame", dropCall("Keepalive.asked")),
                bug(
                        "an answer answers nothing",
                        "a fault on a live connection",
                        "session.machine.Keepalive",
                        "answered",
                        doesNothing()),
                bug(
                        "pings of a lost transport are kept",
                        "a fault on the next one",
                        "session.machine.Keepalive",
                        "transportLost",
                        dropCall("Queue.clear", 2, 2)),
                bug(
                        "pings of a lost transport do not fail",
                        "a future hangs",
                        "session.machine.Keepalive",
                        "transportLost",
                        dropCall("Queue.forEach")),
                bug(
                        "pings not sent do not fail at the end",
                        "a future hangs",
                        "session.machine.Keepalive",
                        "close",
                        dropCall("Queue.forEach")),
                bug(
                        "keepalive forgets the transport",
                        "a future hangs",
                        SESSION,
                        "closeTransport",
                        dropCall("Keepalive.transportLost")),
                bug(
                        "missing answers are not noticed",
                        "hangs on a silent peer",
                        "session.machine.Liveness",
                        "checkKeepalive",
                        returns(null)),
                bug(
                        "answers are not waited for",
                        "hangs on a silent peer",
                        "session.machine.Liveness",
                        "armKeepaliveAck",
                        doesNothing()),
                bug(
                        "failed ping is not told",
                        "a future hangs",
                        "session.driver.Pings",
                        "failed",
                        dropCall("Executor.execute")),
                bug(
                        "ping on a closed session is not told",
                        "a future hangs",
                        SESSION,
                        "sendKeepalive",
                        dropCall("SessionEffects.pingFailed", 1, 2)));
    }

    private static List<PlantedBug> establishing() {
        String connect = "session.negotiation.ConnectNegotiation";
        String accept = "session.negotiation.AcceptNegotiation";
        return List.of(
                bug("connect_seq not raised", "retries", ESTABLISHMENT, "attempt", dropCall("SessionIds.reconnecting")),
                bug(
                        "connect_seq not adopted",
                        "old attempts win",
                        ESTABLISHMENT,
                        "taken",
                        dropCall("SessionIds.connectSeq")),
                bug(
                        "global_seq not heard on reconnect",
                        "old attempts win",
                        ESTABLISHMENT,
                        "taken",
                        dropCall("SessionIds.heard")),
                bug(
                        "global_seq not heard on ident",
                        "old attempts win",
                        ESTABLISHMENT,
                        "accepted",
                        dropCall("SessionIds.heard")),
                bug(
                        "client cookie not kept",
                        "a session of its own each time",
                        ESTABLISHMENT,
                        "accepted",
                        dropCall("SessionIds.begin")),
                bug(
                        "acceptor's cookie not kept",
                        "twice delivered",
                        ESTABLISHMENT,
                        "accepted",
                        dropCall("SessionIds.establish")),
                bug(
                        "confirmed before it was",
                        "messages, on a lost SERVER_IDENT",
                        ESTABLISHMENT,
                        "accepted",
                        stores("Establishment.confirmed", true)),
                bug("never confirmed", "resets", ESTABLISHMENT, "heardFrame", doesNothing()),
                bug(
                        "decoder of the old transport (5.5: is_rev1)",
                        "garbage frames",
                        "session.negotiation.Established",
                        "over",
                        new OverItself()),
                bug("SESSION_RETRY answered without one more", "a race", connect, "reconnectAnswer", number(1, 0)),
                bug(
                        "global_seq not raised on RETRY_GLOBAL",
                        "never connects",
                        connect,
                        "reconnectAnswer",
                        callReturns("LongUnaryOperator.applyAsLong", 1L)),
                bug(
                        "global_seq not raised",
                        "old attempts win",
                        "session.negotiation.GlobalSeq",
                        "lambda$next$0",
                        number(1, 0)),
                bug(
                        "cookie drawn for each attempt",
                        "a session of its own each time",
                        connect,
                        "ident",
                        callReturns("SessionIds.clientCookie", 0L, 1, 2)),
                bug(
                        "server cookie not kept",
                        "twice delivered",
                        connect,
                        "established",
                        dropCall("SessionIds.establish")),
                bug(
                        "RETRY without connect_seq (9.2: endless)",
                        "never connects",
                        RULES,
                        "reconnect",
                        callReturns("ExistingSession.connectSeq", 0L)),
                bug(
                        "RETRY_GLOBAL without global_seq",
                        "never connects",
                        RULES,
                        "reconnect",
                        callReturns("ExistingSession.peerGlobalSeq", 0L)),
                bug(
                        "any address is ours",
                        "sessions of a former self",
                        accept,
                        "ident",
                        callReturns("EntityAddrVec.contains", true)),
                bug(
                        "wrong node is welcome",
                        "sessions of a former self",
                        connect,
                        "established",
                        callReturns("EntityAddrVec.contains", true)));
    }

    private static List<PlantedBug> accepting() {
        return List.of(
                bug(
                        "stale CLIENT_IDENT accepted",
                        "an old attempt takes over",
                        RULES,
                        "identRule",
                        callReturns("AcceptRules.isLess", false)),
                bug(
                        "global_seq compared the wrong way round",
                        "new attempts are refused",
                        RULES,
                        "identRule",
                        swapsArguments("AcceptRules.isLess", 1, 1)),
                bug(
                        "stale SESSION_RECONNECT accepted",
                        "an old attempt takes over",
                        RULES,
                        "reconnectRule",
                        callReturns("AcceptRules.isLess", false, 1, 4)),
                bug(
                        "connect_seq not compared",
                        "an old attempt takes over",
                        RULES,
                        "reconnectRule",
                        callReturns("AcceptRules.isLess", false, 2, 4)),
                bug(
                        "msg_seq not compared",
                        "internal error",
                        RULES,
                        "reconnectRule",
                        callReturns("AcceptRules.isLess", false, 4, 4)),
                bug(
                        "acknowledged position not compared",
                        "internal error",
                        RULES,
                        "reconnectRule",
                        callReturns("AcceptRules.isLess", false, 3, 4)),
                bug(
                        "client cookie not compared",
                        "another session's messages",
                        RULES,
                        "reconnectRule",
                        callReturns("Reconnect.clientCookie", 0L, 2, 2)),
                bug(
                        "lost SERVER_IDENT resets (9.2: #25343)",
                        "messages",
                        RULES,
                        "identRule",
                        usesOther("AcceptRule.IDENT_AGAIN", "IDENT_PEER_FORGOT_CHECKED")),
                bug(
                        "a session at rest is not taken over",
                        "stalls",
                        RULES,
                        "identRule",
                        usesOther("AcceptRule.IDENT_OVER_IDLE", "IDENT_RACE_WON")),
                bug(
                        "restarted peer refused (9.2, S40)",
                        "never connects",
                        RULES,
                        "identRule",
                        usesOther("AcceptRule.IDENT_PEER_RESTARTED", "IDENT_STALE")),
                bug(
                        "lossy session taken over",
                        "messages of two connections",
                        RULES,
                        "identRule",
                        callReturns("ExistingSession.lossy", false)),
                bug(
                        "forgetting is not noticed",
                        "no remote reset",
                        RULES,
                        "identRule",
                        callReturns("ExistingSession.resetCheck", false)),
                bug(
                        "forgetting is always noticed",
                        "messages",
                        RULES,
                        "identRule",
                        callReturns("ExistingSession.resetCheck", true)),
                bug(
                        "forgotten session goes on",
                        "no remote reset",
                        RULES,
                        "identRule",
                        usesOther("AcceptRule.IDENT_PEER_FORGOT_CHECKED", "IDENT_OVER_IDLE")),
                bug(
                        "any entity takes over",
                        "the session is stolen",
                        RULES,
                        "identRule",
                        callReturns("ExistingSession.sameEntity", true)),
                bug(
                        "any entity goes on",
                        "the session is stolen",
                        RULES,
                        "reconnectRule",
                        callReturns("ExistingSession.sameEntity", true)),
                bug(
                        "both win the race (9.2: both WAIT)",
                        "stalls",
                        "session.accept.AddressOrder",
                        "of",
                        returns(Rewriting.Constant.of("session/accept/AddressOrder", "PEER_LARGER"))),
                bug(
                        "both lose the race",
                        "connections end each other",
                        "session.accept.AddressOrder",
                        "of",
                        returns(Rewriting.Constant.of("session/accept/AddressOrder", "PEER_SMALLER"))),
                bug(
                        "unknown session reset by halves",
                        "no remote reset",
                        RULES,
                        "reconnect",
                        usesOther("AcceptRule.RECONNECT_NOTHING", "RECONNECT_CLIENT_COOKIE")),
                bug(
                        "unknown session gets a retry",
                        "never connects (9.2: endless)",
                        RULES,
                        "reconnect",
                        usesOther("AcceptRule.RECONNECT_NOTHING", "RECONNECT_BEHIND")),
                bug(
                        "any cookie is right",
                        "another session's messages",
                        RULES,
                        "reconnectRule",
                        callReturns("Reconnect.serverCookie", 0L, 2, 2)),
                bug(
                        "only one end resets",
                        "messages",
                        "session.driver.Acceptance",
                        "decided",
                        dropCall("ConnectionDriver.reset")),
                bug(
                        "the race is won in silence",
                        "a dead connection is kept",
                        "session.driver.Acceptance",
                        "decided",
                        dropCall("ConnectionDriver.keepAlive")),
                bug(
                        "replaced session lives on",
                        "a session nobody reaches",
                        "session.driver.Acceptance",
                        "begin",
                        dropCall("ConnectionDriver.replaced")));
    }

    private static List<PlantedBug> forgetting() {
        return List.of(
                bug("remote reset without event", "an event", SESSION, "forget", dropCall("SessionEffects.notify")),
                bug(
                        "remote reset keeps the queue",
                        "the former self's messages",
                        SESSION,
                        "forget",
                        dropCall("Session.discardQueue")),
                bug(
                        "remote reset keeps what is undelivered",
                        "the former self's messages",
                        SESSION,
                        "forget",
                        dropCall("SessionEffects.dropUndelivered")),
                bug(
                        "remote reset keeps the cookies (9.2: endless)",
                        "never connects",
                        SESSION,
                        "forget",
                        dropCall("Establishment.forget")),
                bug(
                        "reset by halves forgets all",
                        "messages",
                        SESSION,
                        "negotiated",
                        callReturns("Forgotten.full", true)),
                bug(
                        "full reset forgets by halves",
                        "no remote reset",
                        SESSION,
                        "negotiated",
                        callReturns("Forgotten.full", false)),
                bug(
                        "reset by halves keeps the server cookie",
                        "never connects",
                        SESSION,
                        "negotiated",
                        dropCall("Establishment.forgetAcceptor")),
                bug(
                        "takeover after forgetting keeps all",
                        "no remote reset",
                        SESSION,
                        "accepted",
                        dropCall("Session.forget")),
                bug(
                        "undelivered messages keep their permits",
                        "reading stops",
                        DRIVER,
                        "dropIfMessage",
                        dropCall("PermitGate.release")),
                bug(
                        "undelivered messages are delivered",
                        "the former self's messages",
                        DRIVER,
                        "dropUndelivered",
                        dropCall("ConnectionQueues.dropMessages")));
    }

    private static List<PlantedBug> driving() {
        return List.of(
                bug(
                        "ended session keeps its place",
                        "connections run out",
                        "session.driver.SessionRegistry",
                        "ended",
                        dropCall("Set.remove")),
                bug(
                        "ended session is found by dialling",
                        "never connects again",
                        "session.driver.SessionRegistry",
                        "dial",
                        callReturns("ConnectionHandle.isClosed", false, 1, 2)),
                bug(
                        "a new session does not wait for a closing one",
                        "twice delivered",
                        "session.driver.SessionRegistry",
                        "closing",
                        returns(null)),
                bug(
                        "a session that has waited never begins",
                        "never connects",
                        "session.driver.SessionRegistry",
                        "ended",
                        dropCall("SessionRegistry.takePlace")),
                bug(
                        "stale one stays registered (9.2: #24218)",
                        "never connects again",
                        "session.driver.SessionRegistry",
                        "ended",
                        dropCall("Map.remove", EACH, 2)),
                bug(
                        "ended session takes messages",
                        "messages",
                        DRIVER,
                        "ended",
                        dropCall("ConnectionHandle.refuseMessages")),
                bug(
                        "ended session is registered",
                        "never connects again",
                        DRIVER,
                        "ended",
                        dropCall("SessionRegistry.ended")),
                bug("ready without event", "an event", DRIVER, "tell", dropCall("ConnectionQueues.event")),
                bug("woken once", "messages wait for ever", DRIVER, "wholePass", dropCall("AtomicBoolean.set")),
                bug(
                        "mailbox is taken too late",
                        "messages after their fault",
                        DRIVER,
                        "wholePass",
                        dropCall("ConnectionDriver.takeMailbox", 1, 2)),
                bug(
                        "absent peer is never evicted",
                        "new peers are refused",
                        "session.driver.SessionRegistry",
                        "absent",
                        invert(2, 4)),
                bug(
                        "closed() is not completed",
                        "a future hangs",
                        DRIVER,
                        "ended",
                        dropCall("ConnectionQueues.execute")),
                bug("events before messages", "order", "session.dispatch.DispatchQueue", "takeInbox", invert(2, 3)));
    }

    private static List<PlantedBug> linking() {
        return List.of(
                bug("stream is not closed", "a connection", LINK, "endStream", dropCall("ByteStream.close")),
                bug("batch is not discarded", "memory", LINK, "endStream", dropCall("BatchSink.discard")),
                bug("last batch is not flushed", "the last messages", LINK, "endStream", dropCall("BatchSink.flush")),
                bug("closing is not noticed", "hangs", LINK, "onClosed", doesNothing()),
                bug(
                        "session does not learn of the fault",
                        "hangs",
                        LINK,
                        "fail",
                        dropCall("ConnectionDriver.transportDown")),
                bug(
                        "bytes behind the handshake are lost",
                        "garbage frames",
                        LINK,
                        "enterSession",
                        dropCall("Link.toSession")),
                bug(
                        "gate is not left",
                        "new peers are refused",
                        "session.driver.HandshakeGate",
                        "leave",
                        doesNothing()),
                bug(
                        "gate is not left by a session",
                        "live sessions are dropped",
                        LINK,
                        "decide",
                        dropCall("Link.leaveGate")),
                bug("handshake is not closed", "memory", LINK, "close", dropCall("Handshake.close")),
                bug(
                        "decoder of a failed negotiation is not closed",
                        "memory",
                        LINK,
                        "close",
                        dropCall("FrameDecoder.close")),
                bug(
                        "moved link is timed no more",
                        "silent peers fill the gate",
                        LINK,
                        "moved",
                        dropCall("Link.armReadyTimer")),
                bug(
                        "segment overtakes its header",
                        "garbage frames",
                        "session.driver.BatchSink",
                        "append",
                        dropCall("BatchSink.passOn")),
                bug(
                        "recording is not stopped (9.2, A14)",
                        "never connects",
                        "session.handshake.SignaturePhase",
                        "enter",
                        dropCall("Exchange.stopRecording")),
                bug(
                        "keys of the wrong direction",
                        "never connects",
                        "session.handshake.Exchange",
                        "protect",
                        invert(2, 4)),
                bug(
                        "both directions use the same nonces",
                        "confidentiality",
                        "crypto.onwire.ConnectionSecret",
                        "towardsAcceptor",
                        passes("ConnectionSecret.cipher", 16, 1, 1)),
                bug(
                        "a nonce is used again, by both ends alike",
                        "confidentiality",
                        "crypto.onwire.AesGcmFrameCipher",
                        "run",
                        callsOther("NonceCounter.next", "peek")),
                bug(
                        "signature of the wrong direction",
                        "never connects",
                        "session.handshake.SignaturePhase",
                        "enter",
                        callsOther("Exchange.ownSignature", "expectedSignature")));
    }

    private static List<PlantedBug> framing() {
        return List.of(
                bug(
                        "crc is not compared",
                        "corrupted messages",
                        "core.frame.CrcFrameDecoder",
                        "checkCrc",
                        doesNothing()),
                bug(
                        "aborted message is delivered",
                        "what was taken back arrives",
                        "core.frame.LateStatus",
                        "fromWire",
                        returns(Rewriting.Constant.of("core/frame/LateStatus", "COMPLETE"))),
                bug("every msgr2.0 message is aborted", "messages", "core.frame.LateStatus", "fromWire", invert(2, 4)),
                bug("middle segment is not counted", "messages", "core.frame.OutFrame", "message", invert(2, 3)),
                bug(
                        "decoder forgets half a segment",
                        "garbage frames",
                        "core.frame.StagedFrameDecoder",
                        "fill",
                        returns(true)),
                bug(
                        "bounds of the handshake stay",
                        "messages",
                        "core.frame.StagedFrameDecoder",
                        "bounds",
                        doesNothing()),
                bug(
                        "full RESET is read as not full",
                        "no remote reset",
                        "core.frame.ControlFrame$SessionReset",
                        "write",
                        passes("WireWriter.bool", false, 1, 1)),
                bug(
                        "lossy flag is not told",
                        "no reset event",
                        "session.negotiation.AcceptNegotiation",
                        "begin",
                        callReturns("Policy.lossy", false, 2, 3)));
    }

    /** The session's terms stay those of the transport before. */
    private record OverItself() implements Rewriting {
        @Override
        public void apply(org.objectweb.asm.tree.MethodNode method) {
            Rewriting.returns(null).apply(method);
            method.instructions.set(
                    method.instructions.getFirst(), new org.objectweb.asm.tree.VarInsnNode(Opcodes.ALOAD, 0));
        }
    }
}
