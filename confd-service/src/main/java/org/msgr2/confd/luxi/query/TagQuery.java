package org.msgr2.confd.luxi.query;

import java.util.List;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.ConfigObject;
import org.msgr2.confd.config.NamedTable;
import org.msgr2.confd.luxi.fault.RefusedCallException;
import org.msgr2.confd.luxi.json.LuxiJson;
import org.msgr2.confd.luxi.view.Item;

/**
 * QueryTags: the tags of one object.
 *
 * @param name the cluster needs none
 */
record TagQuery(TagKind kind, String name) implements Request {
    @Override
    public Answer answer(QueryContext context) throws RefusedCallException {
        ClusterConfig config = context.cluster().config();
        List<String> tags = switch (kind) {
            case CLUSTER -> Item.tagsOf(context.cluster().cluster().path("tags"));
            case NODE -> tags("Node", config.nodes());
            case GROUP -> tags("NodeGroup", config.groups());
            case INSTANCE -> tags("Instance", config.instances());
            case NETWORK -> tags("Network", config.networks());
        };
        return out -> {
            out.writeStartArray();
            for (String tag : tags) {
                LuxiJson.write(out, LuxiJson.NODES.textNode(tag));
            }
            out.writeEndArray();
        };
    }

    private List<String> tags(String kindName, NamedTable<? extends ConfigObject> table) throws RefusedCallException {
        return Item.tagsOf(Names.find(kindName, table, name).json().readTree().path("tags"));
    }
}
