package org.msgr2.examples.msgr;

/**
 * Where a node answers in another protocol than msgr2.
 *
 * @param what {@code confd-udp}, {@code luxi} or {@code metrics}
 * @param address as clients need it: with the real port, a path, a URL
 */
record FrontEnd(String what, String address) {
    /** Confd's own wire. */
    static final String CONFD_UDP = "confd-udp";
}
