package org.msgr2.examples.interop;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The test class or method needs real Ceph programs on this machine.
 *
 * <p>Where one is absent, the test is skipped and the report says what to install. With the environment variable
 * {@code MSGR_INTEROP_REQUIRED=true} it fails instead, for the same reason: a build that claims to have met the real
 * peer must not pass because the peer was absent.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresCephCondition.class)
public @interface RequiresCeph {

    /** The programs that must be installed. */
    CephProgram[] value() default {CephProgram.MON, CephProgram.MONMAPTOOL, CephProgram.CEPH};
}
