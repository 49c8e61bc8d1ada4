package org.msgr2.confd.config;

/** A network that NICs may belong to. */
public record Network(String key, String name, long serialNo, JsonSlice json) implements ConfigObject {}
