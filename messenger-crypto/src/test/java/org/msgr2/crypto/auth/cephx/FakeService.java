package org.msgr2.crypto.auth.cephx;

import static org.assertj.core.api.Assertions.assertThat;

import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireReader;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyUsage;

/** The least that a service does with an authorizer, in pieces so that a test can have it lie. */
final class FakeService {
    static final long CHALLENGE = 0x99aabbccddeeff00L;

    private final EntityType type;
    private final CryptoKey rotatingKey;
    private final Entropy entropy;

    FakeService(EntityType type, FakeMonitor monitor) {
        this.type = type;
        this.rotatingKey = monitor.rotatingKey;
        this.entropy = monitor.entropy;
    }

    /** What an authorizer says, and the session key of its ticket. */
    record Shown(long globalId, Authorize authorize, CryptoKey sessionKey) {}

    Shown open(Opaque payload) throws Exception {
        WireReader in = Decoding.reader(payload);
        Authorizer authorizer = Authorizer.read(in);
        assertThat(in.remaining()).isZero();
        assertThat(authorizer.service()).isEqualTo(type);
        ServiceTicketInfo info = Envelope.open(
                rotatingKey, KeyUsage.TICKET_INFO, authorizer.ticket().sealed(), ServiceTicketInfo::read);
        assertThat(info.ticket().globalId()).isEqualTo(authorizer.globalId());
        Authorize authorize =
                Envelope.open(info.sessionKey(), KeyUsage.AUTHORIZE, authorizer.sealedAuthorize(), Authorize::read);
        return new Shown(authorizer.globalId(), authorize, info.sessionKey());
    }

    /** AUTH_REPLY_MORE. */
    Opaque challenge(Shown shown) {
        return Envelope.seal(
                shown.sessionKey(), KeyUsage.AUTHORIZE_CHALLENGE, new AuthorizeChallenge(CHALLENGE), entropy);
    }

    /** AUTH_DONE. */
    Opaque done(Shown shown, long noncePlusOne, Opaque secret) {
        Opaque sealed = Envelope.seal(
                shown.sessionKey(), KeyUsage.AUTHORIZE_REPLY, new AuthorizeReply(noncePlusOne, secret), entropy);
        Encodable blob = out -> out.blob(sealed);
        return blob.encoded();
    }
}
