package org.msgr2.crypto.auth.cephx;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.AuthMode;
import org.msgr2.crypto.auth.AuthReply;
import org.msgr2.crypto.auth.AuthServer;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.Errno;

/**
 * Sends a connector to the end that it wants to convince: by method, and with cephx by auth_mode, the first byte of its
 * payload (spec/msgr2 §3.3). Every refusal lists all methods and modes that this node allows.
 */
final class MethodChoice implements AuthServer {
    private final @Nullable AuthServer monitor;
    private final @Nullable AuthServer service;
    private final @Nullable AuthServer none;
    private final LoginListener listener;
    private final List<AuthMethod> methods;
    private final List<ConnectionMode> modes;
    private @Nullable AuthServer chosen;

    MethodChoice(
            @Nullable AuthServer monitor,
            @Nullable AuthServer service,
            @Nullable AuthServer none,
            List<ConnectionMode> modes,
            LoginListener listener) {
        this.listener = listener;
        this.monitor = monitor;
        this.service = service;
        this.none = none;
        this.modes = modes;
        List<AuthMethod> allowed = new ArrayList<>(List.of(AuthMethod.CEPHX));
        if (none != null) {
            allowed.add(AuthMethod.NONE);
        }
        this.methods = List.copyOf(allowed);
    }

    @Override
    public AuthReply request(int method, List<Integer> preferredModes, Opaque payload) throws ProtocolException {
        if (method == AuthMethod.NONE.code() && none != null && modes.contains(ConnectionMode.CRC)) {
            AuthReply reply = none.request(method, preferredModes, payload);
            // Which ends of cephx say by themselves; a mode is all that this one can refuse.
            return reply instanceof AuthReply.BadMethod bad ? refuse(-bad.result()) : answer(none, reply);
        }
        if (method != AuthMethod.CEPHX.code() || ModeChoice.of(preferredModes, modes) == ConnectionMode.UNKNOWN) {
            return refuse(Errno.EOPNOTSUPP);
        }
        AuthServer end = end(payload);
        return end == null ? refuse(Errno.EACCES) : answer(end, end.request(method, preferredModes, payload));
    }

    private AuthReply refuse(int errno) {
        listener.refused(null, LoginListener.Reason.METHOD);
        return new AuthReply.BadMethod(-errno, methods, modes);
    }

    private @Nullable AuthServer end(Opaque payload) {
        if (payload.isEmpty()) {
            return null;
        }
        return switch (payload.toByteArray()[0]) {
            case AuthMode.MON -> monitor;
            case AuthMode.AUTHORIZER -> service;
            default -> null;
        };
    }

    @Override
    public AuthReply requestMore(Opaque payload) throws ProtocolException {
        AuthServer end = chosen;
        if (end == null) {
            throw new ProtocolException(FaultKind.SEQUENCE, "more of an authentication that has not begun");
        }
        return answer(end, end.requestMore(payload));
    }

    private AuthReply answer(AuthServer end, AuthReply reply) {
        chosen = end;
        if (reply instanceof AuthReply.Later later) {
            return new AuthReply.Later(later.reply().thenApply(this::listed));
        }
        return listed(reply);
    }

    private AuthReply listed(AuthReply reply) {
        return reply instanceof AuthReply.BadMethod bad ? new AuthReply.BadMethod(bad.result(), methods, modes) : reply;
    }
}
