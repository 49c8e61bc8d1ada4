package org.msgr2.confd.wire;

/**
 * A question that is authentic and in time. Immutable.
 *
 * @param rsalt chosen by the client; the salt of the reply
 * @param era whose rules it is to be answered by
 */
public record Request(RequestType type, Query query, String rsalt, Era era) implements Decoded {}
