/**
 * Authentication method CEPHX (spec/msgr2 §3.6 to §3.11): its wire structures, the client that logs in at a monitor and
 * shows tickets to services, and the server that issues and checks them. Only payloads go in and out: frames belong to the
 * handshake, messages to whoever runs the monitor session. No thread, socket, clock or random source lives here.
 */
@NullMarked
package org.msgr2.crypto.auth.cephx;

import org.jspecify.annotations.NullMarked;
