package org.msgr2.examples.msgr;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.wire.Limits;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code msgr ceph command}: any command that monitors know. */
@Command(
        name = "command",
        description = {
            "Sends a command to a monitor; prints what comes back as it is, and the status line on stderr.",
            "Exit code 1 and the name of the error if the monitor refuses."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  msgr ceph command mon stat --conf /etc/ceph/ceph.conf",
            "  msgr ceph command '{\"prefix\":\"mon dump\",\"format\":\"json\"}' \\",
            "      --mon v2:10.0.0.1:3300 --keyring admin.keyring",
            "  msgr ceph command '{\"prefix\":\"auth get\",\"entity\":\"client.x\"}' \\",
            "      -o x.keyring --conf /etc/ceph/ceph.conf"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class CephRunCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(
            paramLabel = "COMMAND",
            arity = "1..*",
            description = "A JSON object with the command's \"prefix\" and its arguments by name; or, for a command"
                    + " without arguments, just its words.")
    private List<String> words;

    @Mixin
    private CephOptions ceph;

    @Option(names = "-i", paramLabel = "FILE", description = "What is sent along.")
    private @Nullable Path input;

    @Option(
            names = "-o",
            paramLabel = "FILE",
            description = "Where the output goes, byte for byte; a new file is 0600.")
    private @Nullable Path output;

    @Option(names = "--json", description = "Ask for JSON, as \"format\":\"json\" does.")
    private boolean json;

    CephRunCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Failure, InterruptedException {
        String command = MonCommandJson.of(words, json);
        byte[] sent = input == null ? new byte[0] : read(input);
        List<EntityAddr> monitors = ceph.monitors();
        try (MonSession session = MonSession.connect(ceph.access(), monitors)) {
            MonAnswer answer = session.command(command, sent).orFailure();
            if (output != null) {
                write(output, answer.output());
            } else if (answer.output().length > 0) {
                terminal.out().println(answer.text());
            }
            if (!answer.status().isBlank()) {
                terminal.err().println(answer.status().stripTrailing());
            }
        }
        return Msgr.DONE;
    }

    private static byte[] read(Path file) throws Failure {
        int max = Limits.defaults().frames().dataBytesMax();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(max);
            if (in.read() >= 0) {
                throw Failure.of("cannot send " + file + ": more than the " + max + " bytes of a message");
            }
            return bytes;
        } catch (IOException e) {
            throw Failure.of("cannot read " + file + ": " + Faults.file(e), e);
        }
    }

    /** What a monitor tells may be a key, so a new file is its owner's. */
    private static void write(Path file, byte[] bytes) throws Failure {
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] ownerOnly = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        Set<StandardOpenOption> how =
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        try (SeekableByteChannel channel = Files.newByteChannel(file, how, ownerOnly)) {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
        } catch (IOException e) {
            throw Failure.of("cannot write " + file + ": " + Faults.file(e), e);
        }
    }
}
