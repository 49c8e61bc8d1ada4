package org.msgr2.confd.engine;

/**
 * @param strictCompatibility also copies what is a mistake of the real daemon: the master, asked for by abbreviation or
 *     uuid, has the role that it would have if it were not the master (spec/confd §2, type 1)
 * @param secretsHidden secrets in answers are replaced by null: see {@link ConfigValues}. The original wire shows them to
 *     whoever has the cluster's key
 */
public record EngineOptions(boolean strictCompatibility, boolean secretsHidden) {
    public static final EngineOptions DEFAULTS = new EngineOptions(false, false);

    public EngineOptions withStrictCompatibility(boolean strict) {
        return new EngineOptions(strict, secretsHidden);
    }

    public EngineOptions withSecretsHidden(boolean hidden) {
        return new EngineOptions(strictCompatibility, hidden);
    }
}
