package org.msgr2.confd.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An instance, as far as queries and indexes need it (spec/confd §4.2).
 *
 * @param primaryNode a node's key; null for an instance that is planned
 * @param disks in the instance's order, whether the file keeps them inside the instance or apart; a disk that the file
 *     refers to and does not have is left out
 */
public record Instance(
        String key,
        @Nullable String name,
        @Nullable String primaryNode,
        List<Nic> nics,
        List<Disk> disks,
        long serialNo,
        JsonSlice json)
        implements ConfigObject {

    /** Its name, or its key while it has none. */
    public String label() {
        return name != null ? name : key;
    }
}
