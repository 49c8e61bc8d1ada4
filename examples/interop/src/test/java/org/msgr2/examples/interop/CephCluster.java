package org.msgr2.examples.interop;

import java.nio.file.Path;
import java.util.List;
import org.msgr2.core.address.EntityName;

/**
 * A running Ceph cluster that a test may talk to.
 *
 * <p>Where it runs is the provider's business. Tests use addresses, credentials and the {@code ceph} command, nothing
 * else. Every method may be called from any thread; after {@link #close()} only {@code close()} may be called.
 */
public interface CephCluster extends AutoCloseable {

    /** The cluster's id, as lower-case UUID text. */
    String fsid();

    /**
     * The msgr2 address of each monitor in the order of the monitor map, such as {@code v2:127.0.0.1:26300/0}. Where a
     * monitor also listens on msgr1, that address is in the monitor map but not here.
     */
    List<String> monAddresses();

    /** How peers authenticate. */
    CephSettings.Auth auth();

    /** The entity that clients of ours are, with its key in {@link #keyring()}. */
    default EntityName user() {
        return EntityName.parse("client.admin");
    }

    /** A configuration file for clients: with it, {@code rados} or {@code ceph} reach this cluster. */
    Path conf();

    /** A keyring with at least the key of {@link #user()}. With authentication off it exists too, and nobody asks for it. */
    Path keyring();

    /**
     * Runs the real {@code ceph} command against this cluster, as {@link #user()}, with a time limit of 30
     * seconds.
     *
     * @param args the arguments after {@code ceph}, for example {@code "mon", "dump", "-f", "json"}
     * @return what it wrote to standard output
     * @throws PeerException if it ended with another status than 0, with its standard error in the message, or did not
     *     end in time
     */
    String ceph(String... args);

    /** One line for logs and test reports: which Ceph, where, and how it is configured. */
    String description();

    /**
     * Gives the cluster back: a throw-away cluster is gone afterwards, without a trace; any other one stays as it is.
     * Calling it again does nothing.
     */
    @Override
    void close();
}
