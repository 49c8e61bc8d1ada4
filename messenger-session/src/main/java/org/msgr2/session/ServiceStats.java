package org.msgr2.session;

/**
 * A service's counters at one moment; all but the last two since the start.
 *
 * @param handled messages and calls that it has been through with
 * @param failed what it threw: with messages, calls and events
 * @param refused messages of peers that lacked the capability
 * @param overloaded calls refused since its share was exhausted, or it was being drained
 * @param queued messages and calls received and not handled
 * @param queuedBytes their bytes
 */
public record ServiceStats(long handled, long failed, long refused, long overloaded, int queued, long queuedBytes) {}
