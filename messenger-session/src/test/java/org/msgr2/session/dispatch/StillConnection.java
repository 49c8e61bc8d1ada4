package org.msgr2.session.dispatch;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.message.Message;
import org.msgr2.session.Connection;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.ConnectionStats;
import org.msgr2.session.Policy;
import org.msgr2.session.SendResult;

/** A connection that has an address and does nothing. */
final class StillConnection implements Connection {

    private static AssertionError unexpected() {
        return new AssertionError("dispatching has no business here");
    }

    @Override
    public SendResult send(Message message) {
        throw unexpected();
    }

    @Override
    public CompletionStage<Duration> ping() {
        throw unexpected();
    }

    @Override
    public CompletionStage<ConnectionInfo> ready() {
        throw unexpected();
    }

    @Override
    public @Nullable ConnectionInfo info() {
        return null;
    }

    @Override
    public Policy policy() {
        return Policy.lossyClient();
    }

    @Override
    public EntityType peerType() {
        return EntityType.MON;
    }

    @Override
    public EntityAddr peerAddr() {
        return EntityAddr.parse("v2:10.0.0.1:3300/7");
    }

    @Override
    public ConnectionStats stats() {
        return new ConnectionStats(0, 0, 0, 0, 0, 0, 0);
    }

    @Override
    public long queuedBytes() {
        throw unexpected();
    }

    @Override
    public int queuedMessages() {
        throw unexpected();
    }

    @Override
    public CompletionStage<Void> close() {
        throw unexpected();
    }

    @Override
    public void markDown() {
        throw unexpected();
    }

    @Override
    public void markDisposable() {
        throw unexpected();
    }

    @Override
    public CompletionStage<Void> closed() {
        throw unexpected();
    }

    @Override
    public @Nullable Object attachment() {
        return null;
    }

    @Override
    public void attach(@Nullable Object data) {
        throw unexpected();
    }
}
