package org.msgr2.session.transport;

/**
 * Who has opened a Unix-domain stream, as the kernel says.
 *
 * @param pid its process, at that time; 0 where the platform does not tell
 * @param uid its effective user
 * @param gid its effective group
 */
public record PeerCredentials(int pid, int uid, int gid) {}
