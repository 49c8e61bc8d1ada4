package org.msgr2.confd.luxi.query;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.luxi.fault.BadValueException;
import org.msgr2.confd.luxi.fault.MalformedCallException;
import org.msgr2.confd.luxi.filter.Filter;
import org.msgr2.confd.luxi.filter.FilterParser;
import org.msgr2.confd.luxi.json.LuxiJson;

/** Makes requests of methods and arguments (spec/confd §7). Thread-safe. */
public record RequestParser(QueryLimits limits) {

    /** Reads one part of a call. */
    @FunctionalInterface
    private interface Reading<R> {
        R read() throws BadValueException;
    }

    /** Error texts quote what could not be read. */
    private static <R> R convert(JsonNode quoted, Reading<R> reading) throws MalformedCallException {
        try {
            return reading.read();
        } catch (BadValueException e) {
            throw new MalformedCallException(
                    "Cannot convert value '" + LuxiJson.quote(quoted) + "', error: " + e.reason());
        }
    }

    /** Checks method and arguments; whether there is a configuration to answer from comes later. */
    public Request parse(String method, JsonNode args) throws MalformedCallException {
        Method known = Method.fromWire(method);
        if (known == null) {
            throw new MalformedCallException("Unable to parse LUXI request method: Invalid string value for type "
                    + "LuxiReq: " + LuxiJson.NODES.textNode(method));
        }
        return switch (known) {
            case QUERY -> convert(args, () -> query(Arguments.of(args, 3)));
            case QUERY_FIELDS -> fields(args);
            case QUERY_NODES -> convert(args, () -> classic(Subject.NODE, Arguments.of(args, 3)));
            case QUERY_GROUPS -> convert(args, () -> classic(Subject.GROUP, Arguments.of(args, 3)));
            case QUERY_JOBS -> jobs(args);
            case QUERY_TAGS -> convert(args, () -> tags(Arguments.of(args, 2)));
            case QUERY_CLUSTER_INFO -> new ClusterInfoQuery();
            case SET_DRAIN_FLAG -> {
                convert(args, () -> Arguments.of(args, 1).flag(0));
                yield new UnservedRequest(method);
            }
            default -> new UnservedRequest(method);
        };
    }

    private ObjectQuery query(Arguments args) throws BadValueException {
        Subject subject = subject(args.get(0));
        List<String> fields = args.texts(1, limits.fieldsMax());
        JsonNode json = args.get(2);
        @Nullable Filter filter = json.isNull() ? null : FilterParser.parse(json, limits.filter());
        return new ObjectQuery(subject, fields, filter);
    }

    private static Subject subject(JsonNode what) throws BadValueException {
        if (!what.isTextual()) {
            throw new BadValueException("Invalid value '" + LuxiJson.quote(what) + "for query type");
        }
        Subject subject = Subject.fromWire(what.textValue());
        if (subject == null) {
            throw new BadValueException(
                    "Can't parse value '" + what.textValue() + "' as neitherQueryTypeLuxi nor QueryTypeOp");
        }
        return subject;
    }

    private FieldQuery fields(JsonNode args) throws MalformedCallException {
        Arguments pair = convert(args, () -> Arguments.of(args, 2));
        Subject subject = convert(args, () -> subject(pair.get(0)));
        JsonNode names = pair.get(1);
        List<String> fields =
                names.isNull() ? List.of() : convert(names, () -> Arguments.texts(names, limits.fieldsMax()));
        return new FieldQuery(subject, fields);
    }

    private ClassicQuery classic(Subject subject, Arguments args) throws BadValueException {
        return new ClassicQuery(
                subject, args.texts(0, limits.namesMax()), args.texts(1, limits.fieldsMax()), args.flag(2));
    }

    private JobQuery jobs(JsonNode args) throws MalformedCallException {
        Arguments pair = convert(args, () -> Arguments.of(args, 2));
        List<String> fields = convert(args, () -> pair.texts(1, limits.fieldsMax()));
        JsonNode ids = pair.get(0);
        return new JobQuery(ids.isNull() ? List.of() : convert(ids, () -> ids(ids)), fields);
    }

    private List<Long> ids(JsonNode json) throws BadValueException {
        List<Long> ids = new ArrayList<>();
        for (JsonNode id : Arguments.list(json, limits.namesMax())) {
            ids.add(JobIds.id(id));
        }
        return List.copyOf(ids);
    }

    private static TagQuery tags(Arguments args) throws BadValueException {
        String name = args.text(0);
        TagKind kind = TagKind.fromWire(name);
        if (kind == null) {
            throw new BadValueException("Invalid string value for type TagKind: " + LuxiJson.NODES.textNode(name));
        }
        return new TagQuery(kind, args.text(1));
    }
}
