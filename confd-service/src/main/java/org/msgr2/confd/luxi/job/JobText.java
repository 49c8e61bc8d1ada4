package org.msgr2.confd.luxi.job;

/**
 * A job's file.
 *
 * @param json the receiver's to keep
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier between a file and a parser; nobody compares it
public record JobText(byte[] json, boolean archived) {}
