package org.msgr2.core.frame;

/** Sizes of frames in secure mode (spec/msgr2 §2.5). */
final class SecureLayout {
    /** As much of the first segment travels with the preamble, in msgr2.1. */
    static final int INLINE_BYTES = 48;

    /** The plaintext of the first block, in msgr2.1. */
    static final int HEAD_BYTES = Preamble.BYTES + INLINE_BYTES;

    static final int EPILOGUE_BYTES = 16;

    private static final int BLOCK_BYTES = 16;

    private SecureLayout() {}

    /** {@code length} rounded up to whole cipher blocks. */
    static int padded(int length) {
        return length + padding(length);
    }

    /** What is missing to whole cipher blocks. */
    static int padding(int length) {
        return -length & (BLOCK_BYTES - 1);
    }
}
