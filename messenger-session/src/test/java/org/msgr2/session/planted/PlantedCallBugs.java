package org.msgr2.session.planted;

import static org.msgr2.session.planted.Rewriting.callReturns;
import static org.msgr2.session.planted.Rewriting.doesNothing;
import static org.msgr2.session.planted.Rewriting.dropCall;
import static org.msgr2.session.planted.Rewriting.dropStore;
import static org.msgr2.session.planted.Rewriting.returns;

import java.util.List;

/** Mistakes that are planted into calls, for simulated nodes that call each other. */
final class PlantedCallBugs {
    private static final String MACHINE = "session.rpc.machine.CallMachine";
    private static final String RECEIVING = "session.rpc.machine.Receiving";
    private static final String SENDING = "session.rpc.machine.Sending";
    private static final String PEER_CALLS = "session.rpc.endpoint.PeerCalls";
    private static final String ENTRY = "session.rpc.endpoint.CallEntry";
    private static final String DEADLINES = "session.rpc.endpoint.Deadlines";
    private static final String SUBSCRIPTION = "session.rpc.endpoint.LongSubscription";
    private static final String GROUP = "session.rpc.endpoint.PeerGroup";

    private PlantedCallBugs() {}

    static List<PlantedBug> all() {
        return List.of(
                new PlantedBug(
                        "a cancellation is not sent",
                        "handlers work for nobody",
                        MACHINE,
                        "cancel",
                        dropCall("Queue.add")),
                new PlantedBug(
                        "the end of items is not sent",
                        "the callee waits for more",
                        MACHINE,
                        "endItems",
                        dropCall("Queue.add")),
                new PlantedBug(
                        "an item that was taken is dropped",
                        "items are missing",
                        MACHINE,
                        "offer",
                        dropCall("Queue.add")),
                new PlantedBug(
                        "who was refused is not told to go on",
                        "a stream stands still",
                        MACHINE,
                        "wantsItem",
                        dropStore("CallMachine.refused")),
                new PlantedBug(
                        "what came is not told",
                        "a stream stands still",
                        MACHINE,
                        "receive",
                        dropCall("CallEvents.itemsCame")),
                new PlantedBug(
                        "read items give no credit",
                        "a stream stands still",
                        RECEIVING,
                        "poll",
                        dropStore("Receiving.itemsRead")),
                new PlantedBug(
                        "credit in items is not used up",
                        "the receiver buffers more than it has asked for",
                        SENDING,
                        "sent",
                        dropStore("Sending.items")),
                new PlantedBug(
                        "whatever was sent counts as taken back",
                        "what has happened is called again",
                        ENTRY,
                        "takeBack",
                        returns(true)),
                new PlantedBug("no timer for deadlines", "calls do not end", DEADLINES, "arm", doesNothing()),
                new PlantedBug(
                        "deadlines are not kept", "calls do not end", PEER_CALLS, "begun", dropCall("Deadlines.add")),
                new PlantedBug(
                        "a session that was reset does not end its calls",
                        "calls do not end",
                        PEER_CALLS,
                        "lost",
                        doesNothing()),
                new PlantedBug(
                        "a peer that was restarted is not asked",
                        "calls do not end, handlers work for nobody",
                        PEER_CALLS,
                        "probe",
                        doesNothing()),
                new PlantedBug(
                        "any number of calls is let in",
                        "a caller without bounds",
                        PEER_CALLS,
                        "begin",
                        callReturns("Calls.callsMax", Integer.MAX_VALUE)),
                new PlantedBug(
                        "the token is not moved on",
                        "items come again",
                        SUBSCRIPTION,
                        "hear",
                        dropStore("LongSubscription.token")),
                new PlantedBug(
                        "a connection that was marked down is waited for",
                        "a subscription does not go on",
                        GROUP,
                        "closed",
                        doesNothing()));
    }
}
