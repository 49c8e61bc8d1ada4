package org.msgr2.examples.msgr;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * The YAML file of {@code msgr serve}: a mapping from option names to scalars, or to lists where an option can be repeated.
 * It is turned into a command line of its own, so that both know the same names and values.
 */
final class ServeConfig {
    private final Path file;
    private final List<String> arguments = new ArrayList<>();

    private ServeConfig(Path file) {
        this.file = file;
    }

    static ServeConfig read(Path file) throws Failure {
        Object content;
        try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            LoaderOptions loading = new LoaderOptions();
            loading.setAllowDuplicateKeys(false);
            content = new Yaml(new SafeConstructor(loading)).load(in);
        } catch (IOException e) {
            throw Failure.of("cannot read the configuration " + file + ": " + Faults.file(e), e);
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
            throw Failure.usage(file + ", line " + line + ": " + Faults.oneLine(e.getProblem()), e);
        } catch (YAMLException e) {
            throw Failure.usage(file + ": " + Faults.oneLine(e.getMessage()), e);
        }
        ServeConfig config = new ServeConfig(file);
        if (content instanceof Map<?, ?> entries) {
            for (Map.Entry<?, ?> entry : entries.entrySet()) {
                config.add(String.valueOf(entry.getKey()), entry.getValue());
            }
        } else if (content != null) {
            throw Failure.usage(file + ": expected lines of 'option: value'");
        }
        return config;
    }

    private void add(String key, @Nullable Object value) throws Failure {
        CommandSpec known = new CommandLine(new ServeOptions()).getCommandSpec();
        OptionSpec option = known.findOption("--" + key);
        if (option == null) {
            String names = String.join(
                    ", ",
                    known.options().stream()
                            .map(each -> each.longestName().substring(2))
                            .sorted()
                            .toList());
            throw Failure.usage(file + ": unknown key '" + key + "' (known: " + names + ")");
        }
        List<?> values = value instanceof List<?> list ? list : Collections.singletonList(value);
        if (values.size() > 1 && !option.isMultiValue()) {
            throw Failure.usage(file + ": '" + key + "' takes one value, not a list");
        }
        for (Object each : values) {
            if (each == null || each instanceof Map || each instanceof List) {
                throw Failure.usage(file + ": '" + key + "' needs a plain value");
            }
            arguments.add("--" + key + "=" + each);
        }
    }

    /** Sets what the command line does not say. */
    void applyTo(CommandSpec command) throws Failure {
        CommandLine keys = new CommandLine(new ServeOptions());
        Converters.register(keys);
        try {
            keys.parseArgs(arguments.toArray(String[]::new));
        } catch (ParameterException e) {
            throw Failure.usage(file + ": " + Faults.oneLine(e.getMessage()), e);
        }
        CommandLine.ParseResult given = command.commandLine().getParseResult();
        for (OptionSpec key : keys.getCommandSpec().options()) {
            OptionSpec option = command.findOption(key.longestName());
            if (keys.getParseResult().hasMatchedOption(key) && !given.hasMatchedOption(option)) {
                option.setValue(key.getValue());
            }
        }
    }
}
