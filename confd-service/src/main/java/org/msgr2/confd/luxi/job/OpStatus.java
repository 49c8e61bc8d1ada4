package org.msgr2.confd.luxi.job;

import java.util.List;
import java.util.Locale;

/** States of opcodes and of jobs, by the names that job files have. */
enum OpStatus {
    QUEUED,
    WAITING,
    CANCELING,
    RUNNING,
    CANCELED,
    SUCCESS,
    ERROR;

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What is not known counts as queued: nothing is claimed about it. */
    static OpStatus fromWire(String name) {
        for (OpStatus status : values()) {
            if (status.wireName().equals(name)) {
                return status;
            }
        }
        return QUEUED;
    }

    boolean isFinal() {
        return this == CANCELED || this == SUCCESS || this == ERROR;
    }

    /**
     * The state of a job by those of its opcodes, in order: success if all are; otherwise the first that failed or is
     * cancelled or being so decides, and without one the last that waits or runs (observed on 3.0.2).
     */
    static OpStatus ofJob(List<OpStatus> opcodes) {
        OpStatus status = SUCCESS;
        for (OpStatus opcode : opcodes) {
            switch (opcode) {
                case SUCCESS -> {}
                case QUEUED -> status = status == SUCCESS ? QUEUED : status;
                case WAITING, RUNNING -> status = opcode;
                case CANCELING, CANCELED, ERROR -> {
                    return opcode;
                }
            }
        }
        return status;
    }
}
