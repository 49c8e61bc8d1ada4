package org.msgr2.examples.interop;

/** The manager. */
record MgrRecipe() implements DaemonRecipe {

    static final String NAME = "mgr.x";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public CephProgram program() {
        return CephProgram.MGR;
    }

    @Override
    public void prepare(ClusterSite site) {
        site.makeDataDirectory(NAME);
    }

    @Override
    public boolean ready(ClusterSite site) {
        // Its own socket answers long before its modules are loaded; the monitors know when they are.
        return site.askCluster("mgr", "stat").path("available").asBoolean();
    }
}
