package org.msgr2.confd.config;

import org.jspecify.annotations.Nullable;

/** An object of the configuration that lives in a container under a key. Implementations are immutable. */
public sealed interface ConfigObject extends ConfigValue permits Node, Instance, NodeGroup, Network {

    /**
     * What other objects refer to it by, and where it is in its container: its name up to Ganeti 2.8, its uuid later
     * (spec/confd §4.1).
     */
    String key();

    /** Its name; null for what has none yet, such as an instance that is planned ("forthcoming", spec/confd §4.2). */
    @Nullable String name();
}
