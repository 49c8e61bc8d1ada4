package org.msgr2.confd.wire;

/** Which era a server speaks (spec/confd §9). */
public enum WireMode {
    V2_7("2.7"),
    V3_0("3.0"),
    /** 3.0, but a question with field numbers as strings, as 2.7 to 2.9 send them, is answered as these did. */
    AUTO("auto");

    private final String text;

    WireMode(String text) {
        this.text = text;
    }

    /**
     * @param text "2.7", "3.0" or "auto"
     * @throws IllegalArgumentException for any other
     */
    public static WireMode parse(String text) {
        for (WireMode mode : values()) {
            if (mode.text.equals(text)) {
                return mode;
            }
        }
        throw new IllegalArgumentException("the wire is one of 2.7, 3.0 and auto, not \"" + text + "\"");
    }

    /** The era of a request that shows none. */
    Era era() {
        return this == V2_7 ? Era.V2_7 : Era.V3_0;
    }

    @Override
    public String toString() {
        return text;
    }
}
