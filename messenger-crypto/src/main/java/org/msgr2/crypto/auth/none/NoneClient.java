package org.msgr2.crypto.auth.none;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireWriter;
import org.msgr2.crypto.auth.AuthClient;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.AuthMode;
import org.msgr2.crypto.auth.AuthOutcome;
import org.msgr2.crypto.auth.Capabilities;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.MethodRefusedException;
import org.msgr2.crypto.auth.PeerIdentity;
import org.msgr2.crypto.auth.SessionKey;

/** Says its name and is done: payload {@code u8 auth_mode, EntityName, u64 global_id}. */
final class NoneClient implements AuthClient {
    private static final int PAYLOAD_BYTES_INITIAL = 64;

    private final EntityName self;
    private final EntityType peerType;
    private final AtomicLong globalId;

    /** @param globalId ours; 0 until a monitor gives us one */
    NoneClient(EntityName self, EntityType peerType, AtomicLong globalId) {
        this.self = self;
        this.peerType = peerType;
        this.globalId = globalId;
    }

    @Override
    public Offer start() {
        ByteBuf payload = Unpooled.buffer(PAYLOAD_BYTES_INITIAL);
        WireWriter out = new WireWriter(payload);
        // A peer of unknown type is asked as a service is: both forms say the same with method NONE.
        self.write(out.u8(peerType == EntityType.MON ? AuthMode.MON : AuthMode.AUTHORIZER));
        out.u64(globalId.get());
        return new Offer(AuthMethod.NONE, List.of(ConnectionMode.CRC), Opaque.copyOf(ByteBufUtil.getBytes(payload)));
    }

    @Override
    public Opaque replyMore(Opaque payload) throws ProtocolException {
        throw new ProtocolException(FaultKind.AUTH, "method none has one round, the peer wants another");
    }

    @Override
    public AuthOutcome done(long given, ConnectionMode mode, Opaque payload) throws ProtocolException {
        if (mode != ConnectionMode.CRC) {
            throw new ProtocolException(FaultKind.AUTH, "the peer chose mode " + mode + ", offered was crc");
        }
        if (peerType == EntityType.MON) {
            globalId.set(given);
        }
        PeerIdentity peer = new PeerIdentity(AuthMethod.NONE, new EntityName(peerType, "*"), given, Capabilities.NONE);
        return new AuthOutcome(peer, SessionKey.NONE, Opaque.EMPTY);
    }

    @Override
    public Offer badMethod(int method, int result, List<Integer> allowedMethods, List<Integer> allowedModes)
            throws ProtocolException {
        throw new MethodRefusedException(AuthMethod.NONE, result, allowedMethods, allowedModes);
    }
}
