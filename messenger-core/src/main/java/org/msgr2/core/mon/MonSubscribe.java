package org.msgr2.core.mon;

import java.util.ArrayList;
import java.util.List;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/**
 * What a client wants to be told of: the front of a MON_SUBSCRIBE, version 3. {@code u32 count, (string what, u64 start, u8
 * flags)..., string hostname}.
 */
public record MonSubscribe(List<Item> items, String hostname) {
    /** The version that has the host name. */
    public static final int VERSION = 3;

    private static final int FLAG_ONE_TIME = 1;
    private static final int ITEM_BYTES_MIN = 13;

    public MonSubscribe {
        items = List.copyOf(items);
    }

    /**
     * One wish.
     *
     * @param what {@code monmap}, {@code osdmap}, {@code config}…
     * @param start the first epoch of interest
     * @param oneTime one answer is enough
     */
    public record Item(String what, long start, boolean oneTime) {}

    /** @param version of the message: before 3 there is no host name */
    public static MonSubscribe read(WireReader in, int version) throws WireException {
        int count = in.count("subscriptions", MonMap.ELEMENTS_MAX, ITEM_BYTES_MIN);
        List<Item> items = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            items.add(new Item(
                    in.string("what", MonMap.STRING_BYTES_MAX),
                    in.u64("start"),
                    (in.u8("flags") & FLAG_ONE_TIME) != 0));
        }
        return new MonSubscribe(items, version >= VERSION ? in.string("hostname", MonMap.STRING_BYTES_MAX) : "");
    }

    public void write(WireWriter out) {
        out.u32(items.size());
        for (Item item : items) {
            out.string(item.what()).u64(item.start()).u8(item.oneTime() ? FLAG_ONE_TIME : 0);
        }
        out.string(hostname);
    }
}
