package org.msgr2.confd.calls;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import org.msgr2.confd.config.JsonSlice;
import org.msgr2.confd.engine.ConfigValues;
import org.msgr2.confd.watch.Change;
import org.msgr2.confd.watch.WatchEvent;

/** An item of a watch: an object with {@code kind}, {@code revision}, {@code values} and {@code more}. */
final class WatchJson {
    private static final JsonFactory FACTORY = new JsonFactory();

    /** Numbers look as in answers; secrets were taken out before, where they had to be. */
    private static final ConfigValues VALUES = new ConfigValues(false);

    private WatchJson() {}

    /**
     * @param changes of the event, some
     * @param more whether others follow
     */
    static byte[] write(WatchEvent event, List<Change> changes, boolean more) {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        try (JsonGenerator out = FACTORY.createGenerator(json)) {
            out.writeStartObject();
            out.writeStringField("kind", event.kind().name().toLowerCase(Locale.ROOT));
            out.writeStringField("revision", event.revision().toString());
            out.writeArrayFieldStart("values");
            for (Change change : changes) {
                write(change, out);
            }
            out.writeEndArray();
            out.writeBooleanField("more", more);
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return json.toByteArray();
    }

    private static void write(Change change, JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeStringField("path", change.path().toString());
        JsonSlice value = change.after();
        if (value == null) {
            out.writeBooleanField("removed", true);
        } else {
            out.writeFieldName("value");
            VALUES.write(value, change.path(), out);
        }
        out.writeEndObject();
    }
}
