package org.msgr2.confd.config;

import org.jspecify.annotations.Nullable;

/**
 * A network interface of an instance.
 *
 * @param ip null if it has none that the cluster knows
 * @param link of its own parameters; null means the cluster's default link
 */
public record Nic(@Nullable String ip, @Nullable String link) {}
