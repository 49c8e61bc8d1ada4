package org.msgr2.confd.luxi.fault;

import java.util.List;

/** A call that was understood and cannot be answered. The connection stays (spec/confd §7). */
public final class RefusedCallException extends LuxiException {
    private static final long serialVersionUID = 1L;

    private final ErrorClass errorClass;
    private final String[] arguments;

    private RefusedCallException(ErrorClass errorClass, String... arguments) {
        super(errorClass.wireName() + ": " + arguments[0]);
        this.errorClass = errorClass;
        this.arguments = arguments;
    }

    public static RefusedCallException generic(String message) {
        return new RefusedCallException(ErrorClass.GENERIC, message);
    }

    public static RefusedCallException parameter(String message) {
        return new RefusedCallException(ErrorClass.PARAMETER, message);
    }

    /** The file gives no configuration now. */
    public static RefusedCallException configuration(String reason) {
        return new RefusedCallException(
                ErrorClass.CONFIGURATION,
                "I do not have access to a valid configuration, cannot process queries: " + reason);
    }

    public static RefusedCallException wrongInput(String message) {
        return new RefusedCallException(ErrorClass.PREREQUISITE, message, "wrong_input");
    }

    public static RefusedCallException unknownEntity(String message) {
        return new RefusedCallException(ErrorClass.PREREQUISITE, message, "unknown_entity");
    }

    public ErrorClass errorClass() {
        return errorClass;
    }

    /** What the client's exception is made with: a message, and a code of Ganeti's for some classes. */
    public List<String> arguments() {
        return List.of(arguments);
    }
}
