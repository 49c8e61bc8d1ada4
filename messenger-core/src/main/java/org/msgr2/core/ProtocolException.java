package org.msgr2.core;

import org.jspecify.annotations.Nullable;

/**
 * A peer broke the protocol, or a limit of ours, or could not be reached. The connection it came from is closed;
 * nothing else is affected.
 *
 * <p>The message names the peer, the frame and the offending value, as far as the place that noticed knows them: decoders
 * know the value, the layer above adds the frame, the one that owns the transport adds the peer ({@link #inFrame},
 * {@link #fromPeer}). No secret is ever part of it.
 *
 * <p>Immutable and safe to share between threads.
 */
public class ProtocolException extends Exception {
    private static final long serialVersionUID = 1L;

    private final FaultKind kind;
    private final String detail;
    private final @Nullable String frame;
    private final @Nullable String peer;
    private final boolean terminal;

    /**
     * @param kind what went wrong, coarsely
     * @param detail what went wrong, with the offending value
     */
    public ProtocolException(FaultKind kind, String detail) {
        this(kind, detail, null, null, false, null);
    }

    public ProtocolException(FaultKind kind, String detail, @Nullable Throwable cause) {
        this(kind, detail, null, null, false, cause);
    }

    private ProtocolException(
            FaultKind kind,
            String detail,
            @Nullable String frame,
            @Nullable String peer,
            boolean terminal,
            @Nullable Throwable cause) {
        super(detail, cause);
        this.kind = kind;
        this.detail = detail;
        this.frame = frame;
        this.peer = peer;
        this.terminal = terminal;
    }

    public final FaultKind kind() {
        return kind;
    }

    /** True when dialling again cannot help: the connection stops instead of retrying (spec/msgr2 §1.1, §3.2). */
    public final boolean terminal() {
        return terminal;
    }

    /** The same fault, marked as one that no retry can cure. */
    public final ProtocolException asTerminal() {
        return terminal ? this : new ProtocolException(kind, detail, frame, peer, true, this);
    }

    /** The same fault, naming the frame it was found in; a frame that is already named stays. */
    public final ProtocolException inFrame(String name) {
        return frame != null ? this : new ProtocolException(kind, detail, name, peer, terminal, this);
    }

    /** The same fault, naming the peer it came from; a peer that is already named stays. */
    public final ProtocolException fromPeer(String name) {
        return peer != null ? this : new ProtocolException(kind, detail, frame, name, terminal, this);
    }

    @Override
    public final String getMessage() {
        StringBuilder text = new StringBuilder();
        if (peer != null) {
            text.append("peer ").append(peer).append(": ");
        }
        if (frame != null) {
            text.append(frame).append(": ");
        }
        return text.append(detail).toString();
    }
}
