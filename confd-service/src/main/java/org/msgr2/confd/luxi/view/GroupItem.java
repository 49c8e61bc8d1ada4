package org.msgr2.confd.luxi.view;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.msgr2.confd.config.Instance;
import org.msgr2.confd.config.Node;
import org.msgr2.confd.config.NodeGroup;

/** A node group in a query. */
public final class GroupItem extends Item {
    private final NodeGroup group;

    public GroupItem(ClusterView view, NodeGroup group) {
        super(view, group);
        this.group = group;
    }

    public NodeGroup group() {
        return group;
    }

    public List<String> nodes() {
        return view().nodesOf(group).stream().map(Node::name).toList();
    }

    public int primaryInstanceCount() {
        return view().nodesOf(group).stream()
                .mapToInt(node ->
                        view().config().instancesOf(node.key()).primary().size())
                .sum();
    }

    public List<String> primaryInstances() {
        List<Instance> instances = new ArrayList<>();
        for (Node node : view().nodesOf(group)) {
            instances.addAll(view().config().instancesOf(node.key()).primary());
        }
        return ClusterView.labels(instances);
    }

    public ObjectNode parameters() {
        return Merge.members(view().cluster().path("ndparams"), get("ndparams"));
    }

    /** A template of the group replaces the cluster's as a whole (observed on 3.0.2). */
    public ObjectNode diskParameters() {
        return Merge.members(view().cluster().path("diskparams"), get("diskparams"));
    }

    public ObjectNode policy() {
        return Merge.policies(view().cluster().path("ipolicy"), get("ipolicy"));
    }
}
