package org.msgr2.examples.interop;

import com.github.dockerjava.api.exception.NotFoundException;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.images.ImagePullPolicy;
import org.testcontainers.images.PullPolicy;
import org.testcontainers.utility.DockerImageName;

/**
 * The image that containers with Ceph are made of.
 *
 * @param name as the engine knows it
 * @param local whether it was built here, so that no registry has it
 */
record ContainerImage(String name, boolean local) {

    /** Names another image than the one that {@code .ci/ceph-image} builds. */
    static final String PROPERTY = "msgr.ceph.image";

    /** What {@code .ci/ceph-image} builds. */
    static final String LOCAL = "msgr2/ceph:local";

    /** The one that the user names, else the local one. */
    static ContainerImage chosen() {
        String named = System.getProperty(PROPERTY, "");
        return named.isBlank() ? new ContainerImage(LOCAL, true) : new ContainerImage(named, false);
    }

    DockerImageName reference() {
        return DockerImageName.parse(name);
    }

    /** Only what a registry may have is asked for there. */
    ImagePullPolicy pullPolicy() {
        return local ? image -> false : PullPolicy.defaultPolicy();
    }

    /** Why no container can be made of it here, in one line; empty if it can. */
    Optional<String> missing() {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            return Optional.of("no container engine answers (start Docker, or set DOCKER_HOST)");
        }
        if (!local) {
            return Optional.empty();
        }
        try {
            DockerClientFactory.instance().client().inspectImageCmd(name).exec();
            return Optional.empty();
        } catch (NotFoundException e) {
            return Optional.of(
                    "no image " + name + " (build it with .ci/ceph-image, or name one with -D" + PROPERTY + "=NAME)");
        }
    }
}
