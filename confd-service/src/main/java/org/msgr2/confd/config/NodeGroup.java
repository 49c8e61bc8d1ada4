package org.msgr2.confd.config;

/** A node group: nodes refer to it by its key. */
public record NodeGroup(String key, String name, long serialNo, JsonSlice json) implements ConfigObject {}
