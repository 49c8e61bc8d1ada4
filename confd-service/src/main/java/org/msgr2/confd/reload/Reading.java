package org.msgr2.confd.reload;

import org.msgr2.confd.config.ClusterConfig;

/** What came of reading the file. */
sealed interface Reading {

    record Good(ClusterConfig config) implements Reading {}

    /** The bytes are those that the current snapshot was made of. */
    record Same() implements Reading {}

    /**
     * @param cause for people, without secrets
     */
    record Bad(String cause) implements Reading {}
}
