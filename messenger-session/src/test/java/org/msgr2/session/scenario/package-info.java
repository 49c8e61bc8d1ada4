/**
 * The conformance scenarios S01 to S44 (spec/msgr2 §8): sessions that are begun, broken, raced for and taken over, each in every
 * {@link org.msgr2.session.testing.SessionMode}. Two or three {@link org.msgr2.session.scenario.Actor}s play one in virtual time; what
 * happened is counted from the frames, and compared with the specification's own figures. And P01 to P45 (spec/msgr2 §8): what
 * becomes of messages, on the stage of {@link org.msgr2.session.scenario.TrafficTestBase}.
 */
@NullMarked
package org.msgr2.session.scenario;

import org.jspecify.annotations.NullMarked;
