package org.msgr2.confd.luxi;

import org.msgr2.confd.luxi.query.QueryLimits;

/**
 * Everything on the query socket that can grow.
 *
 * @param requestBytesMax of one call, without its end mark; a longer one ends the connection
 * @param replyBytesMax of one answer; a longer one becomes an error
 */
public record LuxiLimits(int requestBytesMax, int replyBytesMax, QueryLimits queries) {
    public static final LuxiLimits DEFAULT = new LuxiLimits(1 << 20, 64 << 20, QueryLimits.DEFAULT);
}
