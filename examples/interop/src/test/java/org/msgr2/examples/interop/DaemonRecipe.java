package org.msgr2.examples.interop;

import java.util.List;

/** How one daemon of a local cluster is made. A new kind of daemon is a new recipe. */
sealed interface DaemonRecipe permits MonRecipe, OsdRecipe, MgrRecipe, MdsRecipe {

    /** Its entity name, such as {@code osd.0}. */
    String name();

    /** Makes what must exist before it starts. The daemons of the recipes before this one are up. */
    void prepare(ClusterSite site);

    /** The program. */
    CephProgram program();

    /** Its arguments, which keep it in the foreground. */
    default List<String> arguments() {
        return List.of("-f", "-i", name().substring(name().indexOf('.') + 1));
    }

    /** Whether the running daemon is of use yet. Called often, so it must be cheap and must not wait. */
    boolean ready(ClusterSite site);
}
