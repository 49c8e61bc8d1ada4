package org.msgr2.confd.wire;

/** The rules that one question is answered by (spec/confd §0, §10). */
public enum Era {
    /** Ganeti 2.7 to 2.9: no serials, error codes from 1, types 0 to 8, unknown keys are ignored. */
    V2_7,
    /** Ganeti 2.16 and 3.x: serials, error codes from 0, all types, unknown keys make a request invalid. */
    V3_0
}
