package org.msgr2.session.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Calendar;
import java.util.Date;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.Timer;
import java.util.TimerTask;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * The rules of the architecture (architecture §1, §2) for any set of packages, so that every module can check its own:
 * {@code ArchitectureRules.ownsNoSocket("org.msgr2.core..").check(classes)}. {@code ArchitectureTest} proves that each of
 * them can fail.
 */
public final class ArchitectureRules {
    private static final Set<String> CLOCKS = Set.of("nanoTime", "currentTimeMillis");

    private ArchitectureRules() {}

    /** The protocol owns no socket: neither Netty's nor the JDK's. */
    public static ArchRule ownsNoSocket(String... packages) {
        return dependsNotOn(
                packages,
                "io.netty.channel..",
                "io.netty.bootstrap..",
                "java.net..",
                "javax.net..",
                "java.nio.channels..");
    }

    /** The protocol owns no thread: none of its own, none of a pool, none of a timer. */
    public static ArchRule ownsNoThread(String... packages) {
        return noClasses()
                .that()
                .resideInAnyPackage(packages)
                .should()
                .dependOnClassesThat(is("threads, executors and timers", ArchitectureRules::runsThings))
                .orShould()
                .accessTargetWhere(calls("what runs elsewhere or later", ArchitectureRules::hidesThread))
                .allowEmptyShould(true);
    }

    /** The protocol has no clock: time comes with the input. */
    public static ArchRule readsNoClock(String... packages) {
        return noClasses()
                .that()
                .resideInAnyPackage(packages)
                .should()
                .accessTargetWhere(calls("clocks", ArchitectureRules::readsClock))
                .allowEmptyShould(true);
    }

    /** The protocol throws no dice: random bytes come from {@link org.msgr2.core.Entropy}. */
    public static ArchRule throwsNoDice(String... packages) {
        return noClasses()
                .that()
                .resideInAnyPackage(packages)
                .should()
                .dependOnClassesThat(is("random sources", ArchitectureRules::isRandom))
                .orShould()
                .accessTargetWhere(calls("random values", ArchitectureRules::drawsRandom))
                .allowEmptyShould(true);
    }

    /** A service gets its sockets from its context: it never sees a Netty channel. */
    public static ArchRule seesNoChannel(String... packages) {
        return dependsNotOn(packages, "io.netty.channel..", "io.netty.bootstrap..");
    }

    /** What is in {@code packages} does not know what is in {@code unknown}. */
    public static ArchRule dependsNotOn(String[] packages, String... unknown) {
        return noClasses()
                .that()
                .resideInAnyPackage(packages)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(unknown)
                .allowEmptyShould(true);
    }

    private static boolean runsThings(JavaClass type) {
        return type.isEquivalentTo(Thread.class)
                || type.isEquivalentTo(ThreadGroup.class)
                || type.isEquivalentTo(Timer.class)
                || type.isEquivalentTo(TimerTask.class)
                || type.isEquivalentTo(Executors.class)
                || type.isAssignableTo(Executor.class)
                || type.getPackageName().startsWith("io.netty.util.concurrent")
                || type.getFullName().startsWith("io.netty.util.Timer")
                || type.getFullName().startsWith("io.netty.util.HashedWheelTimer");
    }

    private static boolean hidesThread(AccessTarget target) {
        String name = target.getName();
        return (target.getOwner().isEquivalentTo(CompletableFuture.class)
                        && (name.endsWith("Async") || name.contains("imeout") || name.equals("delayedExecutor")))
                || (target.getOwner().isEquivalentTo(TimeUnit.class) && name.equals("sleep"))
                || (name.equals("parallel") || name.equals("parallelStream"));
    }

    private static boolean readsClock(AccessTarget target) {
        JavaClass owner = target.getOwner();
        String name = target.getName();
        return (owner.isEquivalentTo(System.class) && CLOCKS.contains(name))
                || (owner.getPackageName().startsWith("java.time") && name.equals("now"))
                || (owner.isEquivalentTo(Clock.class) && (name.startsWith("system") || name.startsWith("tick")))
                || (owner.isEquivalentTo(InstantSource.class) && name.equals("system"))
                || (owner.isEquivalentTo(Calendar.class) && name.equals("getInstance"))
                || (owner.isEquivalentTo(Date.class) && name.equals("<init>"));
    }

    private static boolean isRandom(JavaClass type) {
        return type.isAssignableTo(Random.class)
                || type.isEquivalentTo(SplittableRandom.class)
                || type.isAssignableTo(RandomGenerator.class)
                || type.getPackageName().startsWith("java.util.random");
    }

    private static boolean drawsRandom(AccessTarget target) {
        JavaClass owner = target.getOwner();
        String name = target.getName();
        return (owner.isEquivalentTo(UUID.class) && name.equals("randomUUID"))
                || ((owner.isEquivalentTo(Math.class) || owner.isEquivalentTo(StrictMath.class))
                        && name.equals("random"))
                || (owner.getPackageName().equals("java.util") && name.equals("shuffle"));
    }

    private static DescribedPredicate<JavaClass> is(String what, Predicate<JavaClass> test) {
        return DescribedPredicate.describe(what, test);
    }

    /** Of the target, for calls, constructor calls and method references alike. */
    private static DescribedPredicate<JavaAccess<?>> calls(String what, Predicate<AccessTarget> test) {
        return DescribedPredicate.describe("calls " + what, access -> test.test(access.getTarget()));
    }
}
