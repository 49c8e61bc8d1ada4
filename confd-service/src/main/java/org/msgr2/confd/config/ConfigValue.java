package org.msgr2.confd.config;

/** Something in a container of the configuration. Implementations are immutable. */
public sealed interface ConfigValue permits ConfigObject, Disk {

    /** The value as it stands in the file. */
    JsonSlice json();
}
