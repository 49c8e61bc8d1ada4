package org.msgr2.confd.client;

/** How many peers are asked, and how many have to reply (spec/confd §6). */
public final class Coverage {
    /** As many as is usual: six, or all if there are fewer. */
    public static final int USUAL = 0;

    /** All peers. */
    public static final int ALL = -1;

    private static final int USUAL_MAX = 6;

    private Coverage() {}

    /**
     * The number of peers to ask.
     *
     * @throws IllegalArgumentException if there are not that many
     */
    static int of(int wanted, int peers) {
        if (wanted > peers || wanted < ALL) {
            throw new IllegalArgumentException("cannot ask " + wanted + " of " + peers + " peers");
        }
        return switch (wanted) {
            case USUAL -> Math.min(USUAL_MAX, peers);
            case ALL -> peers;
            default -> wanted;
        };
    }

    /** How many replies are enough when so many were asked: 1, 2, 2, 3, 3, 3, 4 for one to seven. */
    public static int needed(int asked) {
        if (asked < 3) {
            return asked;
        }
        return asked < 5 ? asked - 1 : asked / 2 + 1;
    }
}
