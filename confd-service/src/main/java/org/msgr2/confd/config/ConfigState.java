package org.msgr2.confd.config;

/** What queries find: a configuration, or the reason why there is none. Immutable. */
public sealed interface ConfigState {

    record Loaded(ClusterConfig config) implements ConfigState {}

    /**
     * @param cause for people, without secrets
     */
    record Unavailable(String cause) implements ConfigState {}

    ConfigState NOT_YET = new Unavailable("Configuration not yet loaded");
}
