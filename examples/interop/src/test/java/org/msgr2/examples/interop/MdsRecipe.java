package org.msgr2.examples.interop;

/** The metadata server of the one file system, {@code cephfs}. */
record MdsRecipe() implements DaemonRecipe {

    static final String NAME = "mds.a";

    private static final String METADATA_POOL = "cephfs.meta";
    private static final String DATA_POOL = "cephfs.data";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public CephProgram program() {
        return CephProgram.MDS;
    }

    @Override
    public void prepare(ClusterSite site) {
        site.makeDataDirectory(NAME);
        site.run(CephProgram.CEPH, "osd", "pool", "create", METADATA_POOL);
        site.run(CephProgram.CEPH, "osd", "pool", "create", DATA_POOL);
        site.run(CephProgram.CEPH, "fs", "new", "cephfs", METADATA_POOL, DATA_POOL);
    }

    @Override
    public boolean ready(ClusterSite site) {
        return site.ask(NAME, "status").path("state").asText().equals("up:active");
    }
}
