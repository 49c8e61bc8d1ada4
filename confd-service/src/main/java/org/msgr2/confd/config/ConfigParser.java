package org.msgr2.confd.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** One pass over a configuration file: records of its objects, and the place of each. Used once; not thread-safe. */
final class ConfigParser {
    private final byte[] bytes;
    private final ConfigContents contents = new ConfigContents();

    ConfigParser(byte[] bytes) {
        this.bytes = bytes;
    }

    ConfigContents parse() throws ConfigException {
        try (JsonParser parser = ConfigJson.FACTORY.createParser(bytes)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new ConfigException("the configuration is no JSON object");
            }
            ConfigReader in = new ConfigReader(bytes, parser);
            ObjectReaders readers = new ObjectReaders(in);
            in.object(name -> section(name, in, readers));
            if (parser.nextToken() != null) {
                throw new ConfigException("the configuration goes on after its end");
            }
            contents.resolve();
            return contents;
        } catch (JsonProcessingException e) {
            // The parser's own message may quote the file.
            throw new ConfigException("the configuration is not valid JSON at line "
                    + e.getLocation().getLineNr() + ", column "
                    + e.getLocation().getColumnNr() + ", byte "
                    + e.getLocation().getByteOffset() + " of " + bytes.length);
        } catch (IOException e) {
            throw new ConfigException("the configuration is not in UTF-8");
        }
    }

    private void section(String name, ConfigReader in, ObjectReaders readers) throws IOException, ConfigException {
        int start = in.start();
        switch (name) {
            case "version" -> contents.version = (int) in.number();
            case "serial_no" -> contents.serialNo = in.number();
            case "cluster" -> contents.cluster = readers.cluster();
            case "nodes" -> container(name, in, key -> contents.nodes.add(readers.node(key)));
            case "instances" -> container(name, in, key -> readers.instance(key, contents));
            case "disks" -> container(name, in, key -> contents.disks.putIfAbsent(key, readers.disk()));
            case "nodegroups" -> container(name, in, key -> contents.groups.add(readers.group(key)));
            case "networks" -> container(name, in, key -> contents.networks.add(readers.network(key)));
            default -> in.skip();
        }
        contents.root.putIfAbsent(name, in.sliceFrom(start));
    }

    /** Reads the object under a key. */
    @FunctionalInterface
    private interface Keyed {
        void read(String key) throws IOException, ConfigException;
    }

    private static void container(String name, ConfigReader in, Keyed object) throws IOException, ConfigException {
        if (!in.isObject()) {
            throw new ConfigException("\"" + name + "\" is no JSON object");
        }
        in.object(key -> {
            if (!in.isObject()) {
                throw new ConfigException("\"" + name + "\" holds something that is no JSON object");
            }
            object.read(key);
        });
    }
}
