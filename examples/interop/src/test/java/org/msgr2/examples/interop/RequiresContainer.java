package org.msgr2.examples.interop;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The test class needs a container engine and an image with Ceph in it: see {@link ContainerImage}.
 *
 * <p>Where one is absent, the test is skipped and the report says which. With the environment variable {@code
 * MSGR_INTEROP_CONTAINER_REQUIRED=true} it fails instead.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresContainerCondition.class)
@interface RequiresContainer {}
