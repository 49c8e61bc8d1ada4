package org.msgr2.confd.luxi.query;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.config.ConfigObject;
import org.msgr2.confd.config.NamedTable;
import org.msgr2.confd.luxi.fault.RefusedCallException;
import org.msgr2.confd.luxi.field.FieldTable;
import org.msgr2.confd.luxi.field.GroupFields;
import org.msgr2.confd.luxi.field.NetworkFields;
import org.msgr2.confd.luxi.field.NodeFields;
import org.msgr2.confd.luxi.view.ClusterView;
import org.msgr2.confd.luxi.view.GroupItem;
import org.msgr2.confd.luxi.view.Item;
import org.msgr2.confd.luxi.view.NetworkItem;
import org.msgr2.confd.luxi.view.NodeItem;

/**
 * The objects of a container of the configuration.
 *
 * @param kind as in error texts
 */
record ConfigSource<O extends ConfigObject, T extends Item>(
        String kind,
        FieldTable<T> fields,
        ClusterView view,
        NamedTable<O> table,
        Function<ClusterView, List<T>> items,
        BiFunction<ClusterView, O, T> item)
        implements Source<T> {

    static Source<NodeItem> nodes(ClusterView view) {
        return new ConfigSource<>(
                "Node", NodeFields.TABLE, view, view.config().nodes(), ClusterView::nodes, NodeItem::new);
    }

    static Source<GroupItem> groups(ClusterView view) {
        return new ConfigSource<>(
                "NodeGroup", GroupFields.TABLE, view, view.config().groups(), ClusterView::groups, GroupItem::new);
    }

    static Source<NetworkItem> networks(ClusterView view) {
        return new ConfigSource<>(
                "Network",
                NetworkFields.TABLE,
                view,
                view.config().networks(),
                ClusterView::networks,
                NetworkItem::new);
    }

    @Override
    public String namingField() {
        return "name";
    }

    @Override
    public List<T> all(List<String> fields) {
        return items.apply(view);
    }

    @Override
    public @Nullable List<T> named(List<JsonNode> names) throws RefusedCallException {
        List<T> found = new ArrayList<>(names.size());
        for (JsonNode name : names) {
            if (name.isTextual()) {
                found.add(item.apply(view, Names.find(kind, table, name.textValue())));
            }
        }
        return found.isEmpty() ? null : found;
    }
}
