package org.msgr2.confd.calls;

import java.util.List;
import java.util.Map;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.auth.AuthClient;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.AuthOutcome;
import org.msgr2.crypto.auth.AuthProvider;
import org.msgr2.crypto.auth.AuthReply;
import org.msgr2.crypto.auth.AuthServer;
import org.msgr2.crypto.auth.Capabilities;
import org.msgr2.crypto.auth.PeerIdentity;
import org.msgr2.crypto.auth.none.NoneAuth;

/**
 * Gives every name the capabilities that a keyring would.
 *
 * @param names establishes them
 */
record CapableAuth(AuthProvider names, Map<String, String> confdByName) implements AuthProvider {

    /** Believes every name. */
    CapableAuth(EntityName self, Map<String, String> confdByName) {
        this(new NoneAuth(self), confdByName);
    }

    @Override
    public AuthClient client(EntityType peerType) {
        return names.client(peerType);
    }

    @Override
    public AuthServer server(EntityType peerType) {
        AuthServer server = names.server(peerType);
        return new AuthServer() {
            @Override
            public AuthReply request(int method, List<Integer> modes, Opaque payload) throws ProtocolException {
                return known(server.request(method, modes, payload));
            }

            @Override
            public AuthReply requestMore(Opaque payload) throws ProtocolException {
                return known(server.requestMore(payload));
            }
        };
    }

    private AuthReply known(AuthReply reply) {
        if (!(reply instanceof AuthReply.Done done)) {
            return reply;
        }
        AuthOutcome outcome = done.outcome();
        EntityName name = outcome.identity().name();
        String caps = confdByName.get(name.toString());
        Capabilities capabilities =
                caps == null ? Capabilities.NONE : Capabilities.of(Map.of(ConfdMethods.SERVICE, caps));
        PeerIdentity identity = new PeerIdentity(AuthMethod.CEPHX, name, done.globalId(), capabilities);
        return new AuthReply.Done(
                done.globalId(),
                done.mode(),
                done.payload(),
                new AuthOutcome(identity, outcome.sessionKey(), outcome.connectionSecret(), outcome.session()));
    }
}
