package org.msgr2.confd.luxi.view;

import java.util.ArrayList;
import java.util.List;

/**
 * Which addresses of a network are taken: two strings of "0" and "1", one character per address (observed on 3.0.2). A
 * network that lacks one of them has a pool of no addresses.
 *
 * @param subnet such as 192.0.2.0/28
 * @param internal taken by instances
 * @param external taken by somebody else
 */
public record AddressPool(String subnet, String internal, String external) {

    private int size() {
        return internal.isEmpty() || external.isEmpty() ? 0 : Math.max(internal.length(), external.length());
    }

    private boolean isTaken(int address) {
        return isSet(internal, address) || isSet(external, address);
    }

    private static boolean isSet(String bits, int at) {
        return at < bits.length() && bits.charAt(at) == '1';
    }

    public int reserved() {
        int count = 0;
        for (int address = 0; address < size(); address++) {
            count += isTaken(address) ? 1 : 0;
        }
        return count;
    }

    public int free() {
        return size() - reserved();
    }

    /** A character per address: "X" is taken, "." is free. */
    public String map() {
        StringBuilder map = new StringBuilder(size());
        for (int address = 0; address < size(); address++) {
            map.append(isTaken(address) ? 'X' : '.');
        }
        return map.toString();
    }

    /** The external reservations as addresses. */
    public String externalAddresses() {
        List<String> addresses = new ArrayList<>();
        for (int address = 0; address < external.length(); address++) {
            if (isSet(external, address)) {
                addresses.add(address(address));
            }
        }
        return String.join(", ", addresses);
    }

    private String address(int offset) {
        int address = base() + offset;
        return (address >>> 24) + "." + (address >>> 16 & 255) + "." + (address >>> 8 & 255) + "." + (address & 255);
    }

    /** The subnet's own address; what is no IPv4 subnet counts from 0. */
    private int base() {
        int slash = subnet.indexOf('/');
        int base = 0;
        for (String part : (slash < 0 ? subnet : subnet.substring(0, slash)).split("\\.", -1)) {
            base = base << 8 | (part.matches("[0-9]{1,3}") ? Integer.parseInt(part) & 255 : 0);
        }
        return base;
    }
}
