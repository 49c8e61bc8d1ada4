package org.msgr2.session.rpc;

import org.msgr2.session.testing.TestNetwork;
import org.msgr2.session.testing.sim.SimulatedNetwork;

/** {@code -Dmsgr2.rpc.contract.seed=N} lets other things happen to the network. */
class SimulatedCallsTest extends CallsContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return new SimulatedNetwork(Long.getLong("msgr2.rpc.contract.seed", 1));
    }
}
