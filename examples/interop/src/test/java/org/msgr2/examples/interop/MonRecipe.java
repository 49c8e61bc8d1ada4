package org.msgr2.examples.interop;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/**
 * A monitor.
 *
 * @param id its name without the type
 * @param quorumSize how many monitors there must be in the quorum before this one counts as up
 */
record MonRecipe(String id, int quorumSize) implements DaemonRecipe {

    private static final Set<String> IN_QUORUM = Set.of("leader", "peon");

    @Override
    public String name() {
        return "mon." + id;
    }

    @Override
    public CephProgram program() {
        return CephProgram.MON;
    }

    @Override
    public void prepare(ClusterSite site) {
        site.run(
                CephProgram.MON,
                "--mkfs",
                "-i",
                id,
                "--monmap",
                site.monmap().toString(),
                "--keyring",
                site.keyring().toString());
    }

    @Override
    public boolean ready(ClusterSite site) {
        JsonNode status = site.ask(name(), "mon_status");
        // The first quorum replaces the map of monmaptool (epoch 0) by its own and elects again: only that one lasts.
        return IN_QUORUM.contains(status.path("state").asText())
                && status.path("quorum").size() == quorumSize
                && status.path("monmap").path("epoch").asInt() > 0;
    }
}
