package org.msgr2.crypto.auth.none;

import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.function.LongSupplier;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.AuthMode;
import org.msgr2.crypto.auth.AuthOutcome;
import org.msgr2.crypto.auth.AuthReply;
import org.msgr2.crypto.auth.AuthServer;
import org.msgr2.crypto.auth.Capabilities;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.PeerIdentity;
import org.msgr2.crypto.auth.SessionKey;

/** Believes whatever name it is told. */
final class NoneServer implements AuthServer {
    private static final int EOPNOTSUPP = 95;

    private final LongSupplier globalIds;

    NoneServer(LongSupplier globalIds) {
        this.globalIds = globalIds;
    }

    @Override
    public AuthReply request(int method, List<Integer> preferredModes, Opaque payload) throws ProtocolException {
        boolean crc = preferredModes.isEmpty() || preferredModes.contains(ConnectionMode.CRC.code());
        if (method != AuthMethod.NONE.code() || !crc) {
            return new AuthReply.BadMethod(-EOPNOTSUPP, List.of(AuthMethod.NONE), List.of(ConnectionMode.CRC));
        }
        WireReader in = new WireReader(Unpooled.wrappedBuffer(payload.toByteArray()));
        int mode = in.u8("auth_mode");
        if (mode != AuthMode.MON && mode != AuthMode.AUTHORIZER) {
            throw new WireException("auth_mode: " + mode + ", expected " + AuthMode.MON + " or " + AuthMode.AUTHORIZER);
        }
        EntityName name = EntityName.read(in, "entity name");
        long claimed = in.u64("global_id");
        long globalId = claimed == 0 ? globalIds.getAsLong() : claimed;
        PeerIdentity peer = new PeerIdentity(AuthMethod.NONE, name, globalId, Capabilities.NONE);
        AuthOutcome outcome = new AuthOutcome(peer, SessionKey.NONE, Opaque.EMPTY);
        return new AuthReply.Done(globalId, ConnectionMode.CRC, Opaque.EMPTY, outcome);
    }

    @Override
    public AuthReply requestMore(Opaque payload) throws ProtocolException {
        throw new ProtocolException(FaultKind.SEQUENCE, "method none has one round");
    }
}
