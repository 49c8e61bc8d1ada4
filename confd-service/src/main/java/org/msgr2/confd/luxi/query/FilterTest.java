package org.msgr2.confd.luxi.query;

import org.msgr2.confd.luxi.fault.RefusedCallException;

/** Whether an object passes a filter. */
interface FilterTest<T> {
    /** Lets everything pass. */
    static <T> FilterTest<T> all() {
        return item -> true;
    }

    /** Throws if a field's value is not of a kind that the filter can work with. */
    boolean test(T item) throws RefusedCallException;
}
