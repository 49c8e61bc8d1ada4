package org.msgr2.confd.luxi.view;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.config.Node;
import org.msgr2.confd.config.NodeGroup;
import org.msgr2.confd.config.NodeInstances;

/** A node in a query. */
public final class NodeItem extends Item {
    private final Node node;
    private @Nullable ObjectNode parameters;

    public NodeItem(ClusterView view, Node node) {
        super(view, node);
        this.node = node;
    }

    public Node node() {
        return node;
    }

    public boolean isMaster() {
        return view().config().cluster().masterNode().equals(node.key());
    }

    /** Master comes first, then candidate: another precedence than that of confd's type 1 (spec/confd §7). */
    public String role() {
        if (isMaster()) {
            return "M";
        }
        if (node.masterCandidate()) {
            return "C";
        }
        if (node.drained()) {
            return "D";
        }
        return node.offline() ? "O" : "R";
    }

    /** Null if the node names a group that is not there. */
    public @Nullable NodeGroup group() {
        return view().group(node);
    }

    /** Those that run on it and those whose disks are mirrored to it, in the order of keys. */
    public NodeInstances instances() {
        return view().config().instancesOf(node.key());
    }

    public List<String> primaryInstances() {
        return ClusterView.labels(instances().primary());
    }

    public List<String> secondaryInstances() {
        return ClusterView.labels(instances().secondary());
    }

    /** The node's own parameters, over its group's, over the cluster's. */
    public ObjectNode parameters() {
        ObjectNode merged = parameters;
        if (merged == null) {
            NodeGroup group = group();
            merged = group == null
                    ? Merge.members(view().cluster().path("ndparams"))
                    : new GroupItem(view(), group).parameters();
            merged = Merge.members(merged, get("ndparams"));
            parameters = merged;
        }
        return merged;
    }
}
