package org.msgr2.examples.interop;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The test class needs the real ganeti-confd and its Python client, which {@code MSGR_GANETI_ROOT} tells where to find.
 * Where they are absent the test is skipped, or fails, as with {@link RequiresCeph}.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresGanetiCondition.class)
@interface RequiresGaneti {}
