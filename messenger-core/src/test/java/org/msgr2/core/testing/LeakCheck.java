package org.msgr2.core.testing;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Gives each test an allocator that counts, and fails the test if a buffer of it was not released:
 *
 * <pre>{@code
 * @RegisterExtension
 * final LeakCheck leaks = new LeakCheck();
 * }</pre>
 *
 * <p>Unlike a leak detector it samples nothing and waits for no garbage collection: the allocator knows its bytes.
 * Every test, and every invocation of a parameterized one, starts with a fresh allocator, which any number of threads
 * may use; they have to be done with it when the test method returns. Without the extension, {@link #check} does the
 * same by hand.
 */
public final class LeakCheck implements BeforeEachCallback, AfterEachCallback {
    private volatile UnpooledByteBufAllocator allocator = counting();

    // Direct buffers by default, as in production; Netty's own leak detector would only be in the way.
    private static UnpooledByteBufAllocator counting() {
        return new UnpooledByteBufAllocator(true, true);
    }

    /** The current test's allocator. Thread-safe. */
    public ByteBufAllocator allocator() {
        return allocator;
    }

    /** Bytes of buffers that are not released yet, heap and direct. Thread-safe. */
    public long heldBytes() {
        return allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory();
    }

    /** @throws AssertionError with the number of bytes still held, if there are any */
    public void check() {
        long heap = allocator.metric().usedHeapMemory();
        long direct = allocator.metric().usedDirectMemory();
        if (heap != 0 || direct != 0) {
            throw new AssertionError(
                    "buffers leaked: " + heap + " heap bytes and " + direct + " direct bytes are still held");
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        allocator = counting();
    }

    /** A test that failed already is not failed again: what it holds is a consequence. */
    @Override
    public void afterEach(ExtensionContext context) {
        if (context.getExecutionException().isEmpty()) {
            check();
        }
    }
}
