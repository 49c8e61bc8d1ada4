package org.msgr2.examples.interop;

import java.util.UUID;

/**
 * An OSD with its store in memory.
 *
 * @param id its number
 * @param uuid its own identity, which its store and the OSD map must agree on
 */
record OsdRecipe(int id, UUID uuid) implements DaemonRecipe {

    @Override
    public String name() {
        return "osd." + id;
    }

    @Override
    public CephProgram program() {
        return CephProgram.OSD;
    }

    @Override
    public void prepare(ClusterSite site) {
        site.makeDataDirectory(name());
        // Without its own key it could not ask the monitors for configuration; it needs none to make an empty store.
        site.run(
                CephProgram.OSD,
                "--mkfs",
                "-i",
                Integer.toString(id),
                "--osd-uuid",
                uuid.toString(),
                "--no-mon-config");
        site.run(CephProgram.CEPH, "osd", "new", uuid.toString(), Integer.toString(id));
    }

    @Override
    public boolean ready(ClusterSite site) {
        return site.ask(name(), "status").path("state").asText().equals("active");
    }
}
