package org.msgr2.core.address;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/**
 * All addresses of one messenger: {@code u8 2, u32 count, entity_addr...}. A single address, ADDR2 or legacy, is accepted
 * in its place (spec/msgr2 §1.3). Immutable; equal when every entry is.
 */
public record EntityAddrVec(List<EntityAddr> addrs) {
    private static final int MARKER_VECTOR = 2;
    private static final int ADDR_BYTES_MIN = 19;

    public static final EntityAddrVec EMPTY = new EntityAddrVec(List.of());

    public EntityAddrVec {
        addrs = List.copyOf(addrs);
    }

    public static EntityAddrVec of(EntityAddr... addrs) {
        return new EntityAddrVec(List.of(addrs));
    }

    /**
     * Parses {@code [v2:10.0.0.1:3300/0,v1:10.0.0.1:6789/0]} or a single address without brackets.
     *
     * @throws IllegalArgumentException with a message for a user
     */
    public static EntityAddrVec parse(String text) {
        if (!text.startsWith("[v") && !text.startsWith("[any:") && !text.startsWith("[-") && !text.equals("[]")) {
            return of(EntityAddr.parse(text));
        }
        if (!text.endsWith("]")) {
            throw new IllegalArgumentException("cannot parse address vector '" + text + "': missing ']'");
        }
        List<EntityAddr> addrs = new ArrayList<>();
        String inner = text.substring(1, text.length() - 1);
        if (!inner.isEmpty()) {
            for (String part : inner.split(",", -1)) {
                addrs.add(EntityAddr.parse(part));
            }
        }
        return new EntityAddrVec(addrs);
    }

    /** @param max the most entries accepted */
    public static EntityAddrVec read(WireReader in, int max) throws WireException {
        int marker = in.u8("entity_addrvec marker");
        if (marker < MARKER_VECTOR) {
            return of(EntityAddr.readAfterMarker(marker, in));
        }
        if (marker > MARKER_VECTOR) {
            throw new WireException("entity_addrvec marker: " + marker + ", expected 0, 1 or 2");
        }
        int count = in.count("entity_addrvec", max, ADDR_BYTES_MIN);
        List<EntityAddr> addrs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            addrs.add(EntityAddr.read(in));
        }
        return new EntityAddrVec(addrs);
    }

    public void write(WireWriter out) {
        out.u8(MARKER_VECTOR).u32(addrs.size());
        for (EntityAddr addr : addrs) {
            addr.write(out);
        }
    }

    public boolean isEmpty() {
        return addrs.isEmpty();
    }

    /** Exactly this address, with its type and nonce. */
    public boolean contains(EntityAddr addr) {
        return addrs.contains(addr);
    }

    /** The first entry, or a blank address if there is none. */
    public EntityAddr first() {
        return addrs.isEmpty() ? EntityAddr.BLANK : addrs.get(0);
    }

    /** The first v2 entry, or a blank address if there is none. */
    public EntityAddr msgr2() {
        for (EntityAddr addr : addrs) {
            if (addr.type() == EntityAddr.Type.MSGR2) {
                return addr;
            }
        }
        return EntityAddr.BLANK;
    }

    /** {@code [v2:…,v1:…]}; a single entry is printed without brackets. */
    @Override
    public String toString() {
        return addrs.size() == 1
                ? addrs.get(0).toString()
                : addrs.stream().map(EntityAddr::toString).collect(Collectors.joining(",", "[", "]"));
    }
}
