package org.msgr2.confd.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A disk of an instance, or a part of one.
 *
 * @param drbd its two ends if it is a DRBD disk ("drbd", or "drbd8" up to Ganeti 2.11), else null
 * @param children its parts, as far as they are DRBD disks or have such parts; nobody asks for others, which are in its JSON
 */
public record Disk(String devType, @Nullable Drbd drbd, List<Disk> children, JsonSlice json) implements ConfigValue {}
