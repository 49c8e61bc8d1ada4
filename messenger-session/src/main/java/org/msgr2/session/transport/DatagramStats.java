package org.msgr2.session.transport;

/**
 * A datagram socket's counters at one moment, all since it was opened.
 *
 * @param received datagrams that the owner was told of
 * @param batches in so many calls
 * @param sent datagrams given to the kernel, or about to be
 * @param tooLarge received ones beyond {@link DatagramOptions#receiveBytesMax}, dropped or cut
 * @param dropped those to be sent that found {@link DatagramOptions#queuedMax} others waiting
 * @param failed what the kernel refused to send or to receive, and what the owner threw
 */
public record DatagramStats(long received, long batches, long sent, long tooLarge, long dropped, long failed) {}
