package org.msgr2.examples.msgr;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.msgr2.confd.reload.OnBad;
import org.msgr2.confd.wire.Era;
import org.msgr2.confd.wire.WireMode;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.crypto.tls.Fingerprint;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** From the text of an option to the messenger's own types. */
final class Converters {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m)?");

    private Converters() {}

    static void register(CommandLine command) {
        command.registerConverter(EntityAddr.class, parser(EntityAddr::parse));
        command.registerConverter(EntityAddrVec.class, parser(EntityAddrVec::parse));
        command.registerConverter(EntityName.class, parser(EntityName::parse));
        command.registerConverter(EntityType.class, parser(Converters::entityType));
        command.registerConverter(Fingerprint.class, parser(Fingerprint::parse));
        command.registerConverter(HostPort.class, parser(HostPort::parse));
        command.registerConverter(Era.class, parser(Converters::era));
        command.registerConverter(WireMode.class, parser(WireMode::parse));
        command.registerConverter(OnBad.class, parser(OnBad::parse));
        command.registerConverter(Duration.class, parser(Converters::duration));
    }

    /** The parsers' own messages are made for users. */
    private static <T> ITypeConverter<T> parser(Function<String, T> parse) {
        return text -> {
            try {
                return parse.apply(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        };
    }

    private static Era era(String text) {
        return switch (text) {
            case "2.7" -> Era.V2_7;
            case "3.0" -> Era.V3_0;
            default -> throw new IllegalArgumentException("the wire of a client is 2.7 or 3.0, not '" + text + "'");
        };
    }

    private static EntityType entityType(String label) {
        EntityType type = EntityType.ofLabel(label);
        if (type == null) {
            String known =
                    Arrays.stream(EntityType.values()).map(EntityType::toString).collect(Collectors.joining(", "));
            throw new IllegalArgumentException("'" + label + "' is no entity type (known: " + known + ")");
        }
        return type;
    }

    /** {@code 250ms}, {@code 5s}, {@code 2m}; a number alone is seconds. */
    private static Duration duration(String text) {
        Matcher parts = DURATION.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no duration (examples: 250ms, 5s, 2m)");
        }
        long number = Long.parseLong(parts.group(1));
        String unit = parts.group(2);
        return "ms".equals(unit)
                ? Duration.ofMillis(number)
                : "m".equals(unit) ? Duration.ofMinutes(number) : Duration.ofSeconds(number);
    }

    /** {@code 5 s}, {@code 250 ms}: for messages. */
    static String toString(Duration duration) {
        long millis = duration.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + " s" : String.format(Locale.ROOT, "%d ms", millis);
    }
}
