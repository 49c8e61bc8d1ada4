package org.msgr2.crypto.auth.cephx;

import java.time.Duration;
import java.util.Set;
import org.msgr2.core.address.EntityType;
import org.msgr2.crypto.key.KeyType;

/**
 * How a {@link TicketAuthority} behaves (spec/msgr2 §3.10, §3.11). Immutable.
 *
 * @param loginTtl how long an AUTH ticket is valid, and how long one of the keys that seal it is the current one
 * @param serviceTtl the same for every other service
 * @param services that tickets are issued for, besides AUTH
 * @param serviceKeyType of the rotating keys. They stay between us and the services, so clients of any age get on with
 *     either type; a service of Ceph 16 reads {@link KeyType#AES} only
 * @param entityKeyTypes an entity with a key of another type is refused, as {@code auth_allowed_ciphers} does
 * @param allowInsecureReclaim believe a client from before 2021 that claims a global_id without its ticket
 * @param exposeInsecureReclaim have such clients show at once whether they can reclaim: see
 *     {@link org.msgr2.crypto.auth.AuthSession#hasToReconnect}
 * @param globalIdBlock how many ids are reserved in the durable state at once; that many may be lost in a crash
 */
public record AuthorityOptions(
        Duration loginTtl,
        Duration serviceTtl,
        Set<EntityType> services,
        KeyType serviceKeyType,
        Set<KeyType> entityKeyTypes,
        boolean allowInsecureReclaim,
        boolean exposeInsecureReclaim,
        int globalIdBlock) {

    /** Ceph's, but for the reclaim without proof, which Ceph allows, and for the type of the service keys. */
    public static final AuthorityOptions DEFAULTS = new AuthorityOptions(
            Duration.ofHours(72),
            Duration.ofHours(1),
            Set.of(EntityType.MON, EntityType.MDS, EntityType.OSD, EntityType.MGR),
            KeyType.AES256KRB5,
            Set.of(KeyType.values()),
            false,
            true,
            4096);

    public AuthorityOptions {
        services = Set.copyOf(services);
        entityKeyTypes = Set.copyOf(entityKeyTypes);
        // The wire counts validity in seconds, and a client renews after three quarters of it.
        if (loginTtl.toSeconds() < 1 || serviceTtl.toSeconds() < 1) {
            throw new IllegalArgumentException(
                    "tickets must live for at least a second: login " + loginTtl + ", service " + serviceTtl);
        }
        if (services.stream().anyMatch(service -> !service.isNode() || service == EntityType.CLIENT)) {
            throw new IllegalArgumentException("no service: one of " + services);
        }
        if (globalIdBlock < 2) {
            throw new IllegalArgumentException("globalIdBlock must be at least 2: " + globalIdBlock);
        }
    }

    public AuthorityOptions withTtl(Duration login, Duration service) {
        return new AuthorityOptions(
                login,
                service,
                services,
                serviceKeyType,
                entityKeyTypes,
                allowInsecureReclaim,
                exposeInsecureReclaim,
                globalIdBlock);
    }

    public AuthorityOptions withKeyTypes(KeyType ofServices, Set<KeyType> ofEntities) {
        return new AuthorityOptions(
                loginTtl,
                serviceTtl,
                services,
                ofServices,
                ofEntities,
                allowInsecureReclaim,
                exposeInsecureReclaim,
                globalIdBlock);
    }

    public AuthorityOptions withInsecureReclaim(boolean allow, boolean expose) {
        return new AuthorityOptions(
                loginTtl, serviceTtl, services, serviceKeyType, entityKeyTypes, allow, expose, globalIdBlock);
    }

    public AuthorityOptions withGlobalIdBlock(int ids) {
        return new AuthorityOptions(
                loginTtl,
                serviceTtl,
                services,
                serviceKeyType,
                entityKeyTypes,
                allowInsecureReclaim,
                exposeInsecureReclaim,
                ids);
    }

    /** Of the tickets for that service. */
    Duration ttl(EntityType service) {
        return service == EntityType.AUTH ? loginTtl : serviceTtl;
    }
}
