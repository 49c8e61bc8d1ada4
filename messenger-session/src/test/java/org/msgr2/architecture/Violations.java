package org.msgr2.architecture;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.Timer;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What the protocol must not do, once each, so that a test can show that every rule finds it. Nothing here is ever run.
 * The classes inside an interface are found by reflection.
 */
@SuppressWarnings({"unused", "UnusedVariable", "FutureReturnValueIgnored", "ThreadPriorityCheck"})
final class Violations {
    private Violations() {}

    interface Sockets {
        final class JdkAddress {
            final Object field = new InetSocketAddress(1);
        }

        final class JdkChannel {
            Object open() throws IOException {
                return SocketChannel.open();
            }
        }

        final class NettyChannel {
            io.netty.channel.@org.jspecify.annotations.Nullable Channel field;
        }

        final class NettyBootstrap {
            Object make() {
                return new io.netty.bootstrap.Bootstrap();
            }
        }
    }

    interface Threads {
        final class OwnThread {
            void start(Runnable task) {
                new Thread(task).start();
            }
        }

        final class Sleeping {
            void sleep() throws InterruptedException {
                Thread.sleep(1);
            }
        }

        final class SleepingInDisguise {
            void sleep() throws InterruptedException {
                TimeUnit.SECONDS.sleep(1);
            }
        }

        final class Spinning {
            void spin() {
                Thread.onSpinWait();
            }
        }

        final class Pool {
            Object make() {
                return Executors.newCachedThreadPool();
            }
        }

        final class Borrowed {
            void run(Executor executor, Runnable task) {
                executor.execute(task);
            }
        }

        final class Scheduled {
            void run(ScheduledExecutorService executor, Runnable task) {
                executor.schedule(task, 1, TimeUnit.SECONDS);
            }
        }

        final class OldTimer {
            Object make() {
                return new Timer();
            }
        }

        final class CommonPool {
            Object make(Runnable task) {
                return CompletableFuture.runAsync(task);
            }
        }

        final class HiddenTimer {
            void wait(CompletableFuture<String> future) {
                future.orTimeout(1, TimeUnit.SECONDS);
            }
        }

        final class ParallelStream {
            long count(List<String> list) {
                return list.parallelStream().count();
            }
        }

        final class NettyExecutor {
            io.netty.util.concurrent.@org.jspecify.annotations.Nullable EventExecutor field;
        }

        final class NettyTimer {
            Object make() {
                return new io.netty.util.HashedWheelTimer();
            }
        }
    }

    interface Clocks {
        final class Monotonic {
            long now() {
                return System.nanoTime();
            }
        }

        final class WallMillis {
            long now() {
                return System.currentTimeMillis();
            }
        }

        final class ByReference {
            final LongSupplier clock = System::nanoTime;
        }

        final class InALambda {
            final LongSupplier clock = () -> System.nanoTime() + 1;
        }

        final class InstantNow {
            Object now() {
                return Instant.now();
            }
        }

        final class LocalNow {
            Object now() {
                return LocalDateTime.now(ZoneOffset.UTC);
            }
        }

        final class ZonedNow {
            Object now() {
                return ZonedDateTime.now(ZoneOffset.UTC);
            }
        }

        final class SystemClock {
            final Clock clock = Clock.systemUTC();
        }

        final class TickingClock {
            final Clock clock = Clock.tickSeconds(ZoneOffset.UTC);
        }

        final class SystemSource {
            final InstantSource clock = InstantSource.system();
        }

        @SuppressWarnings("JavaUtilDate")
        final class OldDate {
            final Object now = new java.util.Date();
        }

        final class OldCalendar {
            final Object now = java.util.Calendar.getInstance();
        }
    }

    interface Dice {
        final class Old {
            final Object dice = new Random(1);
        }

        final class Secure {
            final Object dice = new SecureRandom();
        }

        final class OfTheThread {
            int next() {
                return ThreadLocalRandom.current().nextInt();
            }
        }

        final class Splittable {
            final Object dice = new SplittableRandom(1);
        }

        final class Generator {
            final Object dice = RandomGenerator.getDefault();
        }

        final class RandomId {
            Object next() {
                return UUID.randomUUID();
            }
        }

        final class RandomDouble {
            double next() {
                return Math.random();
            }
        }

        final class Shuffled {
            void shuffle(List<String> list) {
                Collections.shuffle(list);
            }
        }
    }

    /** What looks similar and is allowed. */
    interface Innocent {
        final class TimeThatIsGiven {
            Instant at(InstantSource clock, long epochSecond) {
                return clock.instant().isAfter(Instant.EPOCH) ? clock.instant() : Instant.ofEpochSecond(epochSecond);
            }
        }

        final class AnswersThatComeLater {
            CompletionStage<String> later(CompletionStage<String> answer) {
                return answer.thenApply(String::trim);
            }
        }

        final class IdsThatAreGiven {
            UUID id(long high, long low) {
                return new UUID(high, low);
            }
        }

        final class Durations {
            long nanos() {
                return TimeUnit.SECONDS.toNanos(3);
            }
        }
    }
}
