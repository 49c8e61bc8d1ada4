package org.msgr2.examples.interop;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.containers.GenericContainer;

/**
 * The programs of a container image, all in one container that does nothing by itself. It uses the network of this
 * machine, so the engine has to be a Linux one and right here.
 */
final class CephContainer implements CephHost {

    /** Sends all output of the program to the file that is named first. */
    private static final List<String> WITH_LOG = List.of("sh", "-c", "log=$1; shift; exec \"$@\" >\"$log\" 2>&1", "sh");

    private static final long VERSION_LIMIT_S = 30;

    private final ContainerImage image;
    private @Nullable GenericContainer<?> container; // guarded by this

    CephContainer(ContainerImage image) {
        this.image = image;
    }

    @Override
    public String place() {
        return "in a container of " + image.name();
    }

    @Override
    public synchronized void open(Path directory) {
        String owner = owner(directory);
        GenericContainer<?> made = new GenericContainer<>(image.reference())
                .withImagePullPolicy(image.pullPolicy())
                .withWorkingDirectory(directory.toString())
                .withCommand("infinity")
                .withCreateContainerCmdModifier(command -> shareMachine(command, directory, owner));
        container = made;
        try {
            made.start();
        } catch (ContainerLaunchException e) {
            throw new PeerException("cannot start a container of " + image.name(), e);
        }
    }

    private static void shareMachine(CreateContainerCmd command, Path directory, String owner) {
        Bind bind = new Bind(directory.toString(), new Volume(directory.toString()), AccessMode.rw);
        HostConfig host = command.getHostConfig();
        command.withHostConfig((host == null ? HostConfig.newHostConfig() : host)
                        .withNetworkMode("host")
                        .withBinds(bind))
                .withEntrypoint("sleep")
                .withUser(owner);
    }

    /** Files that the programs write must be ours to delete. */
    private static String owner(Path directory) {
        try {
            return Files.getAttribute(directory, "unix:uid") + ":" + Files.getAttribute(directory, "unix:gid");
        } catch (IOException e) {
            throw new PeerException("cannot tell who owns " + directory, e);
        }
    }

    @Override
    public String version() {
        try {
            Process process = exec(List.of(), List.of(CephProgram.MON.command(), "--version"));
            if (!process.waitFor(VERSION_LIMIT_S, TimeUnit.SECONDS)) {
                throw new PeerException("ceph-mon in " + image.name() + " does not tell its version");
            }
            return CephInstalled.release(process.inputReader().readLine());
        } catch (IOException e) {
            throw new PeerException("ceph-mon in " + image.name() + " does not tell its version", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PeerException("interrupted while asking for the version of Ceph", e);
        }
    }

    @Override
    public Process start(Path conf, CephProgram program, List<String> arguments, @Nullable Path log)
            throws IOException {
        List<String> command = new ArrayList<>();
        if (log != null) {
            command.addAll(WITH_LOG);
            command.add(log.toString());
        }
        command.add(program.command());
        command.addAll(arguments);
        return exec(List.of("CEPH_CONF=" + conf, "HOME=" + conf.getParent()), command);
    }

    private Process exec(List<String> environment, List<String> command) throws IOException {
        GenericContainer<?> running;
        synchronized (this) {
            running = container;
        }
        if (running == null) {
            throw new IOException("the container of " + image.name() + " does not run");
        }
        DockerClient docker = DockerClientFactory.instance().client();
        try {
            String id = docker.execCreateCmd(running.getContainerId())
                    .withCmd(command.toArray(String[]::new))
                    .withEnv(environment)
                    .withAttachStdout(true)
                    .withAttachStderr(true)
                    .exec()
                    .getId();
            return ContainerProcess.start(docker, id);
        } catch (DockerException e) {
            throw new IOException("the container engine does not start " + command.get(0) + ": " + e.getMessage(), e);
        }
    }

    /** Kills the container, and with it every program in it. */
    @Override
    public synchronized void close() {
        GenericContainer<?> running = container;
        container = null;
        if (running != null) {
            running.stop();
        }
    }
}
