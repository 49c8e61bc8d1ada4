package org.msgr2.crypto.auth;

import java.util.Arrays;
import java.util.List;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;

/**
 * The peer answered AUTH_BAD_METHOD, and we have no other offer for it (spec/msgr2 §3.4). Whatever adds frame or peer to it
 * keeps it as a cause, so that a program can tell its user what to change. Immutable.
 */
public final class MethodRefusedException extends ProtocolException {
    private static final long serialVersionUID = 1L;

    private final AuthMethod method;
    private final int result;
    private final int[] allowedMethods;
    private final int[] allowedModes;

    /**
     * @param method that we offered last
     * @param result a negative errno
     * @param allowedMethods the peer's, by code
     * @param allowedModes the peer's, by code
     */
    public MethodRefusedException(
            AuthMethod method, int result, List<Integer> allowedMethods, List<Integer> allowedModes) {
        super(
                FaultKind.AUTH,
                "the peer refuses method " + method + " with " + Errno.toString(result) + ": it allows methods "
                        + AuthMethod.toString(allowedMethods) + ", modes " + ConnectionMode.toString(allowedModes));
        this.method = method;
        this.result = result;
        this.allowedMethods = codes(allowedMethods);
        this.allowedModes = codes(allowedModes);
    }

    private static int[] codes(List<Integer> codes) {
        return codes.stream().mapToInt(Integer::intValue).toArray();
    }

    public AuthMethod method() {
        return method;
    }

    /** A negative errno. */
    public int result() {
        return result;
    }

    /** {@link AuthMethod#UNKNOWN} stands for each that we have no name for. */
    public List<AuthMethod> allowedMethods() {
        return Arrays.stream(allowedMethods).mapToObj(AuthMethod::ofCode).toList();
    }

    /** {@link ConnectionMode#UNKNOWN} stands for each that we have no name for. */
    public List<ConnectionMode> allowedModes() {
        return Arrays.stream(allowedModes).mapToObj(ConnectionMode::ofCode).toList();
    }
}
