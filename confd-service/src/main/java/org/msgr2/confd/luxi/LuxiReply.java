package org.msgr2.confd.luxi;

/**
 * What a call got.
 *
 * @param json the reply's text in ASCII, without its end mark; the receiver's to keep
 * @param success whether it is an answer and not an error
 * @param close whether the connection ends after it, because the call could not be understood
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier between the engine and a session; nobody compares it
public record LuxiReply(byte[] json, boolean success, boolean close) {}
