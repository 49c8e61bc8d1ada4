package org.msgr2.crypto.auth.cephx;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.key.CryptoKey;

/**
 * Who we are, and how we want to authenticate (spec/msgr2 §3.3). Immutable.
 *
 * @param self our name
 * @param key the entity's own, from the keyring
 * @param services those that we want tickets for
 * @param methods in order of preference: CEPHX, NONE. With both, whoever answers in a monitor's place can talk us out of
 *     proofs: the first refusal is not signed by anybody
 * @param monModes towards monitors, in order of preference
 * @param serviceModes towards everybody else, in order of preference
 */
public record CephxConfig(
        EntityName self,
        CryptoKey key,
        Set<EntityType> services,
        List<AuthMethod> methods,
        List<ConnectionMode> monModes,
        List<ConnectionMode> serviceModes) {
    private static final Set<EntityType> TICKETED =
            Set.of(EntityType.MON, EntityType.MDS, EntityType.OSD, EntityType.MGR);

    public CephxConfig {
        services = Set.copyOf(services);
        methods = List.copyOf(methods);
        monModes = modes("monModes", monModes);
        serviceModes = modes("serviceModes", serviceModes);
        if (!TICKETED.containsAll(services)) {
            throw new IllegalArgumentException("tickets exist for " + EnumSet.copyOf(TICKETED) + " only: " + services);
        }
        distinct("methods", methods);
        if (!List.of(AuthMethod.CEPHX, AuthMethod.NONE).containsAll(methods)) {
            throw new IllegalArgumentException("methods must be cephx or none: " + methods);
        }
    }

    /**
     * Ceph's defaults, but without a fallback to method NONE: cephx; secure before crc towards monitors, crc before secure
     * towards others; tickets for all services.
     */
    public static CephxConfig of(EntityName self, CryptoKey key) {
        return new CephxConfig(
                self,
                key,
                TICKETED,
                List.of(AuthMethod.CEPHX),
                List.of(ConnectionMode.SECURE, ConnectionMode.CRC),
                List.of(ConnectionMode.CRC, ConnectionMode.SECURE));
    }

    public CephxConfig withServices(Set<EntityType> wanted) {
        return new CephxConfig(self, key, wanted, methods, monModes, serviceModes);
    }

    public CephxConfig withMethods(List<AuthMethod> preferred) {
        return new CephxConfig(self, key, services, preferred, monModes, serviceModes);
    }

    public CephxConfig withModes(List<ConnectionMode> towardsMons, List<ConnectionMode> towardsServices) {
        return new CephxConfig(self, key, services, methods, towardsMons, towardsServices);
    }

    List<ConnectionMode> modes(EntityType peerType) {
        return peerType == EntityType.MON ? monModes : serviceModes;
    }

    private static List<ConnectionMode> modes(String name, List<ConnectionMode> modes) {
        distinct(name, modes);
        if (modes.contains(ConnectionMode.UNKNOWN)) {
            throw new IllegalArgumentException(name + " must be crc or secure: " + modes);
        }
        return List.copyOf(modes);
    }

    private static void distinct(String name, List<?> values) {
        if (values.isEmpty() || new HashSet<>(values).size() < values.size()) {
            throw new IllegalArgumentException(name + " must name at least one, and none twice: " + values);
        }
    }
}
