package org.msgr2.confd.luxi.field;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.luxi.json.LuxiJson;

/**
 * A field of an object.
 *
 * @param value JSON null unless the status is NORMAL
 */
public record Cell(ResultStatus status, JsonNode value) {
    public static final Cell UNKNOWN = without(ResultStatus.UNKNOWN);
    public static final Cell NO_DATA = without(ResultStatus.NO_DATA);
    public static final Cell UNAVAILABLE = without(ResultStatus.UNAVAILABLE);
    public static final Cell OFFLINE = without(ResultStatus.OFFLINE);

    private static Cell without(ResultStatus status) {
        return new Cell(status, LuxiJson.NODES.nullNode());
    }

    public static Cell of(String value) {
        return new Cell(ResultStatus.NORMAL, LuxiJson.NODES.textNode(value));
    }

    public static Cell of(boolean value) {
        return new Cell(ResultStatus.NORMAL, LuxiJson.NODES.booleanNode(value));
    }

    public static Cell of(long value) {
        return new Cell(ResultStatus.NORMAL, LuxiJson.NODES.numberNode(value));
    }

    public static Cell ofTexts(List<String> values) {
        var list = LuxiJson.NODES.arrayNode(values.size());
        values.forEach(list::add);
        return of(list);
    }

    /** What a configuration has, or {@link #UNAVAILABLE} where it has nothing. */
    public static Cell of(@Nullable JsonNode value) {
        return value == null || value.isNull() || value.isMissingNode()
                ? UNAVAILABLE
                : new Cell(ResultStatus.NORMAL, value);
    }

    public boolean isNormal() {
        return status == ResultStatus.NORMAL;
    }
}
