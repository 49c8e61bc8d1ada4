package org.msgr2.session.mon;

/**
 * Counters of a {@link MonClient}, as they were at one moment.
 *
 * @param sessions that were open, the present one included
 * @param attemptsFailed monitors that were dialled in vain
 * @param renewals answers that brought tickets within a session
 * @param keyFetches answers that brought rotating keys
 * @param commands that wait for a session or for their answers
 */
public record MonClientStats(long sessions, long attemptsFailed, long renewals, long keyFetches, int commands) {}
