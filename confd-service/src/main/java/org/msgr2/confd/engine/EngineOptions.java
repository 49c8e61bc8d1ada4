package org.msgr2.confd.engine;

/**
 * @param strictCompatibility also copies what is a mistake of the real daemon: the master, asked for by abbreviation or
 *     uuid, has the role that it would have if it were not the master (spec/confd §2, type 1)
 */
public record EngineOptions(boolean strictCompatibility) {
    public static final EngineOptions DEFAULTS = new EngineOptions(false);
}
