package org.msgr2.crypto.auth.cephx;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.key.CryptoKey;

/** Makes the answer to a monitor's challenge: {@code u16 0x0100, CephXAuthenticate} (spec/msgr2 §3.8). */
final class LoginRequest {
    private LoginRequest() {}

    /**
     * @param presented whose ticket proves that the global_id which we claim is ours
     * @param asked services that tickets are wanted for
     */
    static Opaque payload(
            CryptoKey own, long serverChallenge, @Nullable Identity presented, Set<EntityType> asked, Entropy entropy) {
        long clientChallenge = entropy.nextLong();
        Authenticate authenticate = new Authenticate(
                Authenticate.VERSION,
                clientChallenge,
                own.challengeProof(serverChallenge, clientChallenge),
                presented == null ? TicketBlob.NONE : presented.ticket().blob(),
                otherKeys(asked));
        Encodable request = out -> {
            RequestType.GET_AUTH_SESSION_KEY.write(out);
            authenticate.write(out);
        };
        return request.encoded();
    }

    /**
     * AUTH itself is asked for by the request; monitors before 2021 give a second, wrong one if it is named here too. But
     * with 0 they omit the connection secret.
     */
    private static int otherKeys(Set<EntityType> asked) {
        Set<EntityType> others = EnumSet.noneOf(EntityType.class);
        others.addAll(asked);
        others.remove(EntityType.AUTH);
        return others.isEmpty() ? EntityType.AUTH.code() : mask(others);
    }

    static int mask(Set<EntityType> services) {
        int mask = 0;
        for (EntityType service : services) {
            mask |= service.code();
        }
        return mask;
    }
}
