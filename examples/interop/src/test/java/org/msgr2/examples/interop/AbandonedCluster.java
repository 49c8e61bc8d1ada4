package org.msgr2.examples.interop;

/**
 * A program of its own that starts a cluster, says where it is and never closes it: what a test run that is cut short
 * does.
 */
final class AbandonedCluster {

    private AbandonedCluster() {}

    public static void main(String[] args) throws InterruptedException {
        LocalCeph ceph = LocalCeph.start(CephSettings.defaults());
        System.out.println(ceph.directory());
        System.out.println(ceph.daemons().get(0).process().pid());
        Thread.currentThread().join();
    }
}
