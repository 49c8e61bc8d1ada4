package org.msgr2.session.dispatch;

/**
 * Why a service does not take a call.
 *
 * @param ending it takes none any more, rather than none now
 * @param text for people: names the service, and the limit that is reached
 */
public record CallRefusal(boolean ending, String text) {}
