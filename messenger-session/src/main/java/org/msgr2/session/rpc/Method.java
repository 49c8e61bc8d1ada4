package org.msgr2.session.rpc;

import org.msgr2.crypto.auth.Access;

/**
 * A method of a service, as both ends know it. Make it a constant that they share. Immutable, if its codecs are.
 *
 * @param name unique within the service; short
 * @param shape who sends how many
 * @param request of the request, or of each of the caller's items
 * @param response of the answer, or of each of the callee's items
 * @param permission what callers need; looked at by the callee only
 * @param <Q> what the caller sends
 * @param <R> what the callee sends
 */
public record Method<Q, R>(String name, Shape shape, Codec<Q> request, Codec<R> response, Permission permission) {

    /** Who sends how many. */
    public enum Shape {
        /** One request, one answer. */
        UNARY(false, false),
        /** One request, any number of items. */
        SERVER_STREAM(false, true),
        /** Any number of items, one answer. */
        CLIENT_STREAM(true, false),
        /** Items in both directions, as either end likes. */
        BIDIRECTIONAL(true, true),
        /** One request, items without end, each with a token to go on from: {@link ServiceClient#subscribe}. */
        SUBSCRIPTION(false, true);

        private final boolean callerStreams;
        private final boolean calleeStreams;

        Shape(boolean callerStreams, boolean calleeStreams) {
            this.callerStreams = callerStreams;
            this.calleeStreams = calleeStreams;
        }

        public boolean callerStreams() {
            return callerStreams;
        }

        public boolean calleeStreams() {
            return calleeStreams;
        }
    }

    private static <Q, R> Method<Q, R> of(String name, Shape shape, Codec<Q> request, Codec<R> response) {
        return new Method<>(name, shape, request, response, Permission.of(Access.EXECUTE));
    }

    /** Callers need {@link Access#EXECUTE}, as with all of these, unless {@link #open} or {@link #requires} says otherwise. */
    public static <Q, R> Method<Q, R> unary(String name, Codec<Q> request, Codec<R> response) {
        return of(name, Shape.UNARY, request, response);
    }

    public static <Q, R> Method<Q, R> serverStream(String name, Codec<Q> request, Codec<R> response) {
        return of(name, Shape.SERVER_STREAM, request, response);
    }

    public static <Q, R> Method<Q, R> clientStream(String name, Codec<Q> request, Codec<R> response) {
        return of(name, Shape.CLIENT_STREAM, request, response);
    }

    public static <Q, R> Method<Q, R> bidirectional(String name, Codec<Q> request, Codec<R> response) {
        return of(name, Shape.BIDIRECTIONAL, request, response);
    }

    public static <Q, R> Method<Q, R> subscription(String name, Codec<Q> request, Codec<R> response) {
        return of(name, Shape.SUBSCRIPTION, request, response);
    }

    /** The same for anybody, authenticated or not. */
    public Method<Q, R> open() {
        return requires(Permission.open());
    }

    /** The same for callers with that access. */
    public Method<Q, R> requires(Access access) {
        return requires(Permission.of(access));
    }

    public Method<Q, R> requires(Permission needed) {
        return new Method<>(name, shape, request, response, needed);
    }
}
