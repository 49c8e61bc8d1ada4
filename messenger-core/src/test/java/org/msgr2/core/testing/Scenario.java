package org.msgr2.core.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * Names the conformance scenarios of the specification (spec/msgr2 §8) that a test carries, so that their coverage can
 * be counted. Such tests also have the JUnit tag {@code conformance}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@Tag("conformance")
public @interface Scenario {

    /** Ids such as {@code F07}. */
    String[] value();
}
