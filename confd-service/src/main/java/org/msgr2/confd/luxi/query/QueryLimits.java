package org.msgr2.confd.luxi.query;

import org.msgr2.confd.luxi.filter.FilterLimits;

/**
 * How large a request may be.
 *
 * @param fieldsMax in one query
 * @param namesMax of objects, in one of the old calls
 */
public record QueryLimits(int fieldsMax, int namesMax, FilterLimits filter) {
    public static final QueryLimits DEFAULT = new QueryLimits(1_024, 8_192, FilterLimits.DEFAULT);
}
