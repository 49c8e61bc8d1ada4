package org.msgr2.session.rpc.endpoint;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.wire.Opaque;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallStatus;
import org.msgr2.session.rpc.ItemSink;
import org.msgr2.session.rpc.ItemSource;
import org.msgr2.session.rpc.Method;
import org.msgr2.session.rpc.StreamCall;
import org.msgr2.session.rpc.machine.CallResult;

/** A call of ours with streams. */
final class OpenStream<Q, R> extends CallerCall<Q, R> implements StreamCall<Q, R> {
    private final SerialTasks callbacks;
    private final ItemReader<R> reader;
    private final ItemWriter<Q> writer;
    private final CompletableFuture<@Nullable R> end = new CompletableFuture<>();

    OpenStream(PeerClient client, Method<Q, R> method) {
        super(client, method);
        callbacks = new SerialTasks(endpoint::execute);
        reader = new ItemReader<>(
                this,
                item -> method.response().decode(item.payload()),
                why -> cancel(why.status(), why.text()),
                callbacks);
        writer = new ItemWriter<>(
                this,
                item -> new ItemWriter.Encoded(Payloads.encode(method.request(), item, endpoint), Opaque.EMPTY, false),
                callbacks);
        CompletionStage<@Nullable R> stage = end;
        stage.whenComplete((answer, failure) -> {
            if (end.isCancelled()) {
                close();
            }
        });
    }

    @Override
    void begun() {
        writer.changed();
    }

    @Override
    public void itemsCame() {
        reader.changed();
    }

    @Override
    public void itemsWanted() {
        writer.changed();
    }

    @Override
    void hasEnded(CallResult result) {
        reader.changed();
        writer.changed();
        callbacks.add(() -> complete(result));
    }

    private void complete(CallResult result) {
        try {
            if (!result.isOk()) {
                fail(result.failure());
                return;
            }
            R answer = method.shape().calleeStreams() ? null : method.response().decode(result.payload());
            tellInterceptors(null);
            end.complete(answer);
        } catch (IOException | RuntimeException e) {
            fail(new CallException(CallStatus.INVALID, "the answer of '" + method.name() + "' cannot be read", e));
        } finally {
            result.payload().release();
        }
    }

    private void fail(CallException why) {
        tellInterceptors(why);
        end.completeExceptionally(why);
    }

    @Override
    public ItemSink<Q> requests() {
        return writer;
    }

    @Override
    public void endRequests() {
        endItems();
    }

    @Override
    public ItemSource<R> responses() {
        return reader;
    }

    @Override
    public CompletableFuture<@Nullable R> ended() {
        return end;
    }

    @Override
    public void close() {
        cancel(CallStatus.CANCELLED, "cancelled");
    }
}
