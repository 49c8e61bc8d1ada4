package org.msgr2.core.mon;

import java.util.LinkedHashMap;
import java.util.Map;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/**
 * One monitor of a {@link MonMap}: versioned(5, 1) {@code string name, addrvec public_addrs, u16 priority, u16 weight,
 * map<string, string> crush_location}.
 *
 * @param priority monitors with a lower value are tried first
 * @param weight how often it is chosen among those of its priority; all 0 is evenly
 */
public record MonInfo(
        String name, EntityAddrVec publicAddrs, int priority, int weight, Map<String, String> crushLocation) {
    private static final int VERSION = 5;

    public MonInfo {
        crushLocation = Map.copyOf(crushLocation);
    }

    static MonInfo read(WireReader in, Limits.Frames limits) throws WireException {
        WireReader.Versioned struct = in.versioned(VERSION, "mon_info");
        WireReader body = struct.body();
        String name = body.string("mon name", MonMap.STRING_BYTES_MAX);
        EntityAddrVec addrs = EntityAddrVec.read(body, limits.addressesMax());
        int priority = struct.version() >= 2 ? body.u16("mon priority") : 0;
        int weight = struct.version() >= 4 ? body.u16("mon weight") : 0;
        Map<String, String> location = new LinkedHashMap<>();
        if (struct.version() >= 5) {
            int count = body.count("crush location", MonMap.ELEMENTS_MAX, 8);
            for (int i = 0; i < count; i++) {
                location.put(
                        body.string("crush location", MonMap.STRING_BYTES_MAX),
                        body.string("crush location", MonMap.STRING_BYTES_MAX));
            }
        }
        return new MonInfo(name, addrs, priority, weight, location);
    }

    void write(WireWriter out) {
        int body = out.beginVersioned(VERSION, 1);
        out.string(name);
        publicAddrs.write(out);
        out.u16(priority).u16(weight).u32(crushLocation.size());
        crushLocation.forEach((type, bucket) -> out.string(type).string(bucket));
        out.endVersioned(body);
    }
}
