package org.msgr2.crypto.auth;

import org.msgr2.core.address.EntityName;

/**
 * Who the peer of a connection is, as far as authentication established it.
 *
 * @param method {@link AuthMethod#NONE} means that the name is only claimed
 * @param name the entity; for a connector that dialled a service, the service's type and {@code *}
 * @param globalId the connector's id in the cluster; 0 if it has none
 * @param capabilities what the peer may do here; none unless the name was proven
 */
public record PeerIdentity(AuthMethod method, EntityName name, long globalId, Capabilities capabilities) {

    /** Without capabilities. */
    public PeerIdentity(AuthMethod method, EntityName name, long globalId) {
        this(method, name, globalId, Capabilities.NONE);
    }

    /** The name was proven, not just claimed. */
    public boolean authenticated() {
        return method != AuthMethod.NONE && method != AuthMethod.UNKNOWN;
    }
}
