package org.msgr2.confd.calls;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.msgr2.confd.client.Question;
import org.msgr2.confd.wire.Query;
import org.msgr2.confd.wire.RequestType;
import org.msgr2.crypto.auth.Access;
import org.msgr2.session.rpc.Codec;
import org.msgr2.session.rpc.Method;

/**
 * The methods of confd, for both ends. Each of confd's questions is a method of its own, by the name that commands and metrics use.
 * A request is {@code {"query": …}} with the query of the original wire in the form of its later era; an answer is as
 * {@link org.msgr2.confd.wire.AnswerJson} writes it.
 */
public final class ConfdMethods {
    /** The service's name, also in capabilities: {@code confd='allow r'}. */
    public static final String SERVICE = "confd";

    /** The code of a failure: the answer is long, and {@link #LARGE} has it. */
    public static final int LONG_ANSWER = 1;

    /** The code of a failure: too many paths are watched. */
    public static final int TOO_MANY_PATHS = 2;

    /** Any question, {@code {"type": name, "query": …}}, whose answer comes in pieces: together they are one JSON text. */
    public static final Method<Question, byte[]> LARGE = Method.serverStream(
                    "large-answer", QuestionCodec.INSTANCE, Codec.bytes())
            .requires(Access.READ);

    /** What changes below a path, {@code {"path": …}}; items are as {@code docs/guide/confd.md} says. */
    public static final Method<String, byte[]> WATCH =
            Method.subscription("watch", PathCodec.INSTANCE, Codec.bytes()).requires(Access.READ);

    private static final Map<RequestType, Method<Query, byte[]>> QUESTIONS = new EnumMap<>(RequestType.class);

    static {
        for (RequestType type : RequestType.values()) {
            Method<Query, byte[]> method = Method.unary(type.label(), QueryCodec.INSTANCE, Codec.bytes());
            QUESTIONS.put(type, type == RequestType.PING ? method.open() : method.requires(Access.READ));
        }
    }

    private ConfdMethods() {}

    /** The method for questions of a type. Anybody may ping; the others need {@link Access#READ}. */
    public static Method<Query, byte[]> of(RequestType type) {
        return Objects.requireNonNull(QUESTIONS.get(type));
    }
}
