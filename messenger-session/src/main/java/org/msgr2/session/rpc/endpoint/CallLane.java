package org.msgr2.session.rpc.endpoint;

/** Where the calls of one service are answered. Thread-safe. */
public interface CallLane {

    /**
     * Runs a task on one of the service's workers.
     *
     * @param bytes what it keeps in memory until it has run
     * @param instead runs if the service is closed before the task has begun, to give back what the task would have
     * @return false if the service has too much to do: the task will not run
     */
    boolean tryExecute(long bytes, Runnable task, Runnable instead);
}
