package org.msgr2.core.mon;

import org.msgr2.core.wire.WireException;

/** How monitors elect their leader. */
public enum ElectionStrategy {
    CLASSIC(1),
    DISALLOW(2),
    CONNECTIVITY(3);

    private final int code;

    ElectionStrategy(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    static ElectionStrategy fromWire(int code) throws WireException {
        for (ElectionStrategy strategy : values()) {
            if (strategy.code == code) {
                return strategy;
            }
        }
        throw new WireException("election strategy: unknown value " + code);
    }
}
