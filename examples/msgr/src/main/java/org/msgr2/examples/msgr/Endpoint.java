package org.msgr2.examples.msgr;

import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.crypto.tls.Fingerprint;

/**
 * Where a node listens.
 *
 * @param what {@code msgr2} or {@code msgr2-tls}
 * @param addr with the real port
 * @param fingerprint of its certificate, for peers to pin; null without TLS
 */
record Endpoint(String what, EntityAddr addr, @Nullable Fingerprint fingerprint) {}
