package org.msgr2.confd.luxi;

import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.ConfigException;

/** Where the current configuration is. Asked once for each call, from any thread. */
@FunctionalInterface
public interface LuxiConfiguration {
    /**
     * The newest snapshot; queries share what they derive from it for as long as it is the same object.
     *
     * @throws ConfigException with the reason, if there is none now
     */
    ClusterConfig current() throws ConfigException;
}
