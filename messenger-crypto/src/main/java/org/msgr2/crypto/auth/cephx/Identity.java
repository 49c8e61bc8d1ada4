package org.msgr2.crypto.auth.cephx;

/**
 * A ticket, and the id in the cluster that it was issued to. With the AUTH ticket it is what a login left behind: that
 * ticket proves that the id is ours (spec/msgr2 §3.10).
 */
record Identity(long globalId, Ticket ticket) {}
