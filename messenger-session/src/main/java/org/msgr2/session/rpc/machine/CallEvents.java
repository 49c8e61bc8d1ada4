package org.msgr2.session.rpc.machine;

/** What a call tells its owner. Within a step of the machine: nothing of the application may run. */
public interface CallEvents {

    /** An item, or the last of them, has come. */
    void itemsCame();

    /** An item that was not taken may be offered again. */
    void itemsWanted();

    /** Once, and last: but for items that have come and were not read. */
    void ended(CallResult result);
}
