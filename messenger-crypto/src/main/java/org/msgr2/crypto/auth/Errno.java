package org.msgr2.crypto.auth;

/** The error numbers that authentication answers with: Linux's, on every platform. */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int EIO = 5;
    public static final int EAGAIN = 11;
    public static final int EACCES = 13;
    public static final int EBUSY = 16;
    public static final int EINVAL = 22;
    public static final int EOPNOTSUPP = 95;
    public static final int ETIMEDOUT = 110;

    private Errno() {}

    /** The result as a person reads it: {@code EACCES (-13)}, or the number alone if it has no name here. */
    public static String toString(int result) {
        // Both signs: a peer that forgets the minus means the same.
        String name = switch (result < 0 ? -result : result) {
            case EPERM -> "EPERM";
            case ENOENT -> "ENOENT";
            case EIO -> "EIO";
            case EAGAIN -> "EAGAIN";
            case EACCES -> "EACCES";
            case EBUSY -> "EBUSY";
            case EINVAL -> "EINVAL";
            case EOPNOTSUPP -> "EOPNOTSUPP";
            case ETIMEDOUT -> "ETIMEDOUT";
            default -> "";
        };
        return name.isEmpty() ? "error " + result : name + " (" + result + ")";
    }

    /** The peer does not believe us: another key, another ticket might help, another method hardly. */
    public static boolean isDenial(int result) {
        return result == -EACCES || result == -EPERM;
    }
}
