package org.msgr2.confd.calls;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.msgr2.confd.client.Question;
import org.msgr2.confd.config.ConfigState;
import org.msgr2.confd.engine.ConfdEngine;
import org.msgr2.confd.engine.EngineOptions;
import org.msgr2.confd.wire.Answer;
import org.msgr2.confd.wire.AnswerJson;
import org.msgr2.confd.wire.Era;
import org.msgr2.confd.wire.RequestType;
import org.msgr2.confd.wire.Status;
import org.msgr2.crypto.auth.Access;
import org.msgr2.session.rpc.CallContext;
import org.msgr2.session.rpc.CallHandler;
import org.msgr2.session.rpc.ResponseStream;

/**
 * Answers confd's questions when they are calls. Each is answered from one snapshot. Secrets are shown to callers that have
 * {@link Access#EXECUTE}, and are null to all others. Thread-safe.
 */
public final class ConfdCalls {
    private final Supplier<ConfigState> config;
    private final ConfdEngine showing;
    private final ConfdEngine hiding;
    private final ConfdCallLimits limits;
    private final BiConsumer<RequestType, Status> counter;
    private final ConfdWatches watches;
    private final AtomicLong budget;

    /**
     * @param config asked once per question
     * @param engine how questions are answered; who sees secrets is decided here
     * @param counter hears of every answer
     */
    public ConfdCalls(
            Supplier<ConfigState> config,
            EngineOptions engine,
            ConfdCallLimits limits,
            BiConsumer<RequestType, Status> counter,
            ConfdWatches watches) {
        this.config = config;
        this.showing = new ConfdEngine(engine);
        this.hiding = new ConfdEngine(engine.withSecretsHidden(true));
        this.limits = limits;
        this.counter = counter;
        this.watches = watches;
        this.budget = new AtomicLong(limits.largeBytesMax());
    }

    /** All methods of {@link ConfdMethods}. */
    public CallHandler handler() {
        CallHandler.Builder handler = CallHandler.builder();
        for (RequestType type : RequestType.values()) {
            handler.unary(ConfdMethods.of(type), (context, query) -> shortAnswer(context, new Question(type, query)));
        }
        return handler.serverStream(ConfdMethods.LARGE, this::largeAnswer)
                .subscription(ConfdMethods.WATCH, watches::watch)
                .build();
    }

    private byte[] shortAnswer(CallContext context, Question question) throws IOException {
        ShortAnswer answer = new ShortAnswer(limits.answerBytesMax());
        write(context, question, answer);
        return answer.toByteArray();
    }

    private void largeAnswer(CallContext context, Question question, ResponseStream<byte[]> items) throws IOException {
        LargeAnswer answer = new LargeAnswer(limits.pieceBytes(), budget);
        try {
            write(context, question, answer);
        } catch (IOException | RuntimeException e) {
            answer.drop();
            throw e;
        }
        answer.sendTo(items);
    }

    private void write(CallContext context, Question question, OutputStream to) throws IOException {
        ConfigState state = config.get();
        ConfdEngine engine = seesSecrets(context) ? showing : hiding;
        Answer answer = engine.answer(state, question.type(), question.query(), Era.V3_0);
        long revision =
                state instanceof ConfigState.Loaded loaded ? loaded.config().serialNo() : -1;
        AnswerJson.write(answer, revision, to);
        counter.accept(question.type(), answer.status());
    }

    static boolean seesSecrets(CallContext context) {
        return context.caller().capabilities().allows(ConfdMethods.SERVICE, Access.EXECUTE);
    }
}
