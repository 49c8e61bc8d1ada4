package org.msgr2.examples.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The TCP sockets on which processes listen, read from Linux's {@code /proc}. */
final class ListeningSockets {

    private static final String LISTEN = "0A";
    private static final String LOOPBACK = "0100007F";
    private static final int LOCAL_ADDRESS_COLUMN = 1;
    private static final int STATE_COLUMN = 3;
    private static final int INODE_COLUMN = 9;

    private ListeningSockets() {}

    /** The local addresses of the daemons' listening sockets, in the kernel's hexadecimal, that others could reach. */
    static List<String> beyondLoopback(List<Daemon> daemons) throws IOException {
        return of(daemons).stream()
                .filter(address -> !address.startsWith(LOOPBACK + ":"))
                .toList();
    }

    /** The local addresses of the daemons' listening sockets, in the kernel's hexadecimal. */
    static List<String> of(List<Daemon> daemons) throws IOException {
        Set<String> inodes = new HashSet<>();
        for (Daemon daemon : daemons) {
            inodes.addAll(socketInodes(daemon.process().pid()));
        }
        return Stream.concat(lines("/proc/net/tcp"), lines("/proc/net/tcp6"))
                .map(line -> line.strip().split("\\s+"))
                .filter(columns -> columns[STATE_COLUMN].equals(LISTEN) && inodes.contains(columns[INODE_COLUMN]))
                .map(columns -> columns[LOCAL_ADDRESS_COLUMN])
                .toList();
    }

    private static Set<String> socketInodes(long pid) throws IOException {
        Set<String> inodes = new HashSet<>();
        try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            for (Path file : files.toList()) {
                // A descriptor may be closed meanwhile; a listening socket is not.
                if (Files.isSymbolicLink(file)) {
                    String target = Files.readSymbolicLink(file).toString();
                    if (target.startsWith("socket:[")) {
                        inodes.add(target.substring("socket:[".length(), target.length() - 1));
                    }
                }
            }
        }
        return inodes;
    }

    private static Stream<String> lines(String file) throws IOException {
        Path path = Path.of(file);
        return Files.exists(path) ? Files.readAllLines(path).stream().skip(1) : Stream.empty();
    }
}
