package org.msgr2.confd.luxi.view;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.config.ConfigObject;
import org.msgr2.confd.engine.ConfigValues;
import org.msgr2.confd.luxi.filter.NaturalOrder;

/** An object of the configuration while a query looks at it: its JSON is parsed when it is first needed. Not thread-safe. */
public abstract sealed class Item permits NodeItem, GroupItem, NetworkItem {
    private final ClusterView view;
    private final ConfigObject object;
    private @Nullable JsonNode json;

    Item(ClusterView view, ConfigObject object) {
        this.view = view;
        this.object = object;
    }

    public ClusterView view() {
        return view;
    }

    public String name() {
        String name = object.name();
        return name == null ? object.key() : name;
    }

    /** A member of the object, or its default where the file leaves it out; a missing node if it has none. */
    public JsonNode get(String member) {
        JsonNode tree = json;
        if (tree == null) {
            tree = ConfigValues.filled(view.config(), object).readTree();
            json = tree;
        }
        return tree.path(member);
    }

    public List<String> tags() {
        return tagsOf(get("tags"));
    }

    /** Tags are a set: sorted, without repeats. */
    public static List<String> tagsOf(JsonNode tags) {
        return StreamSupport.stream(tags.spliterator(), false)
                .map(JsonNode::asText)
                .distinct()
                .sorted(NaturalOrder::compareText)
                .toList();
    }
}
