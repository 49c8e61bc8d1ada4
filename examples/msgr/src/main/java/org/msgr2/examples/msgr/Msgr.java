package org.msgr2.examples.msgr;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code msgr} command: its common options, its way to report errors, and how it ends. */
@Command(
        name = "msgr",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Msgr.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Runs msgr2 nodes and talks to them, and to Ceph.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  msgr demo",
            "  msgr serve --data /var/lib/node",
            "  msgr ping v2:127.0.0.1:3400 --auth none",
            "  msgr confd cluster-master --peer 192.0.2.1 --key hmac.key",
            "  msgr ceph status --conf /etc/ceph/ceph.conf",
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong usage. 'msgr COMMAND --help' tells more."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class Msgr implements Runnable {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int WRONG_USAGE = 2;

    /** A node that is stopped drains for at most {@code Limits.Timeouts.close} and a little. */
    private static final int STOP_SECONDS_MAX = 20;

    /** Users know a parameter by its name, not by its index. */
    private static final Pattern POSITIONAL =
            Pattern.compile("^Invalid value for positional parameter at index \\d+ \\((\\w+)\\): ");

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Log what happens on stderr; twice: everything.")
    private boolean[] verbose = {};

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show the stack trace of an error.")
    private boolean debug;

    /**
     * Runs the command and exits.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        Thread command = Thread.currentThread();
        CompletableFuture<Integer> ended = new CompletableFuture<>();
        // SIGTERM and Ctrl-C run this hook: the command is interrupted, cleans up, and its exit code is the process's.
        // Only halt() can set the exit code of a process that a signal has told to go.
        Thread stop = new Thread(
                () -> {
                    if (!ended.isDone()) {
                        command.interrupt();
                        ended.completeOnTimeout(FAILED, STOP_SECONDS_MAX, TimeUnit.SECONDS);
                        Runtime.getRuntime().halt(ended.join());
                    }
                },
                "msgr-stop");
        Runtime.getRuntime().addShutdownHook(stop);
        int exitCode = execute(Terminal.system(), args);
        ended.complete(exitCode);
        System.exit(exitCode);
    }

    /**
     * Runs the command on the caller's thread, whose interruption stops it cleanly.
     *
     * @return the exit code
     */
    static int execute(Terminal terminal, String... args) {
        Msgr root = new Msgr();
        CommandLine command = new CommandLine(root)
                .addSubcommand(new DemoCommand(terminal))
                .addSubcommand(new ServeCommand(terminal))
                .addSubcommand(new PingCommand(terminal))
                .addSubcommand(CephCommand.commandLine(terminal))
                .addSubcommand(ConfdCommand.commandLine(terminal))
                .addSubcommand(KeyringCommand.commandLine(terminal))
                .addSubcommand(new SimCommand(terminal))
                .setOut(terminal.out())
                .setErr(terminal.err())
                .setColorScheme(CommandLine.Help.defaultColorScheme(terminal.outInteractive() ? Ansi.AUTO : Ansi.OFF))
                .setExecutionStrategy(root::run)
                .setParameterExceptionHandler((error, arguments) -> root.wrongUsage(terminal, error))
                .setExecutionExceptionHandler((error, line, parsed) -> root.failed(terminal, error));
        Converters.register(command);
        int exitCode = command.execute(args);
        terminal.out().flush();
        terminal.err().flush();
        return exitCode;
    }

    private int run(ParseResult parsed) {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (factory instanceof LoggerContext logback) {
            Level level = verbose.length == 0 ? Level.WARN : verbose.length == 1 ? Level.INFO : Level.DEBUG;
            logback.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(level);
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    /** {@code msgr} alone. */
    @Override
    public void run() {
        throw missingSubcommand(spec);
    }

    static ParameterException missingSubcommand(CommandSpec command) {
        String known = String.join(", ", command.subcommands().keySet());
        return new ParameterException(command.commandLine(), "a command is missing: " + known);
    }

    private int wrongUsage(Terminal terminal, ParameterException error) {
        String line = POSITIONAL.matcher(Faults.oneLine(error.getMessage())).replaceFirst("$1: ");
        if (error instanceof UnmatchedArgumentException unmatched) {
            List<String> suggestions = unmatched.getSuggestions();
            line += suggestions.isEmpty() ? "" : "; did you mean " + String.join(", ", suggestions) + "?";
        }
        terminal.err()
                .println("msgr: " + line + " (see '"
                        + error.getCommandLine().getCommandSpec().qualifiedName() + " --help')");
        trace(terminal, error);
        return WRONG_USAGE;
    }

    private int failed(Terminal terminal, Exception error) {
        int exitCode = FAILED;
        String line;
        if (error instanceof Failure failure) {
            line = Faults.oneLine(failure.getMessage());
            exitCode = failure.exitCode();
        } else if (error instanceof InterruptedException) {
            line = "stopped before the end";
        } else {
            line = "internal error: " + Faults.oneLine(error.toString())
                    + "; please report it with the output of --debug";
        }
        terminal.err().println("msgr: " + line);
        trace(terminal, error);
        return exitCode;
    }

    private void trace(Terminal terminal, Exception error) {
        if (debug) {
            error.printStackTrace(terminal.err());
        }
    }

    /** What the jar says; a class directory says nothing. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Msgr.class.getPackage().getImplementationVersion();
            return new String[] {"msgr " + (version == null ? "(development)" : version) + ", Java " + Runtime.version()
            };
        }
    }
}
