package org.msgr2.examples.interop;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The test class needs one of Ceph's client libraries for the system's Python. Where it is absent the test is skipped, or
 * fails, as with {@link RequiresCeph}.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresPythonCondition.class)
@interface RequiresPython {

    /** The module: {@code rados}, which Debian's {@code python3-rados} brings, and so on. */
    String value();
}
