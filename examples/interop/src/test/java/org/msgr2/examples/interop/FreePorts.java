package org.msgr2.examples.interop;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Ports on the loopback address that nobody used a moment ago. */
final class FreePorts {

    private FreePorts() {}

    /**
     * Chooses this many different ports. They are free when this returns, but nothing keeps others from taking one
     * before the caller's program binds it: the caller must be ready to start over.
     */
    static List<Integer> choose(int count) {
        List<ServerSocket> held = new ArrayList<>();
        try {
            // All are held until the last is chosen: otherwise the kernel may give the same one twice.
            for (int i = 0; i < count; i++) {
                held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } catch (IOException e) {
            throw new PeerException("no free port on the loopback address", e);
        } finally {
            held.forEach(FreePorts::release);
        }
    }

    /** The same for one UDP port. */
    static int chooseUdp() {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new PeerException("no free UDP port on the loopback address", e);
        }
    }

    private static void release(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new PeerException("cannot release port " + socket.getLocalPort(), e);
        }
    }
}
