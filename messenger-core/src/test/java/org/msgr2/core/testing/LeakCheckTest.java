package org.msgr2.core.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeakCheckTest {

    @Test
    void tellsHowMuchIsHeld() {
        LeakCheck leaks = new LeakCheck();
        leaks.check();
        ByteBuf heap = leaks.allocator().heapBuffer(30);
        ByteBuf direct = leaks.allocator().directBuffer(70);
        assertThat(leaks.heldBytes()).isEqualTo(100);
        assertThatThrownBy(leaks::check)
                .isInstanceOf(AssertionError.class)
                .hasMessage("buffers leaked: 30 heap bytes and 70 direct bytes are still held");
        heap.release();
        direct.release();
        leaks.check();
    }

    @Test
    void countsTheBuffersOfSeveralThreads() throws InterruptedException {
        LeakCheck leaks = new LeakCheck();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(new Thread(() -> {
                for (int round = 0; round < 1000; round++) {
                    leaks.allocator().buffer(64).release();
                }
                leaks.allocator().buffer(1);
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(leaks.heldBytes()).isEqualTo(4);
    }
}
