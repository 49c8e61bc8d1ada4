package org.msgr2.confd.config;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes records of the objects in the containers; of each what spec/confd §4.2 lists. Not thread-safe. */
final class ObjectReaders {
    private final ConfigReader in;

    ObjectReaders(ConfigReader in) {
        this.in = in;
    }

    Cluster cluster() throws IOException, ConfigException {
        var found = new Object() {
            String masterNode = "";
            String masterIp = "";
            long serialNo;
            String link = "";
            List<String> hypervisors = List.of();
        };
        int start = in.start();
        in.object(name -> {
            switch (name) {
                case "master_node" -> found.masterNode = in.text("");
                case "master_ip" -> found.masterIp = in.text("");
                case "serial_no" -> found.serialNo = in.number();
                case "nicparams" -> found.link = defaultLink();
                case "enabled_hypervisors" -> found.hypervisors = in.texts();
                default -> in.skip();
            }
        });
        if (found.masterNode.isEmpty()) {
            throw new ConfigException("the cluster has no \"master_node\"");
        }
        return new Cluster(
                in.pooled(found.masterNode),
                found.masterIp,
                found.serialNo,
                in.pooled(found.link),
                found.hypervisors,
                in.sliceFrom(start));
    }

    private String defaultLink() throws IOException, ConfigException {
        String[] link = {""};
        in.object(profile -> {
            if (profile.equals("default")) {
                String own = link();
                link[0] = own == null ? "" : own;
            } else {
                in.skip();
            }
        });
        return link[0];
    }

    /** The "link" of NIC parameters. */
    private @Nullable String link() throws IOException, ConfigException {
        @Nullable String[] link = {null};
        in.object(name -> {
            if (name.equals("link")) {
                link[0] = in.pooled();
            } else {
                in.skip();
            }
        });
        return link[0];
    }

    Node node(String key) throws IOException, ConfigException {
        var found = new Object() {
            String name = key;
            String primaryIp = "";
            boolean candidate;
            boolean offline;
            boolean drained;
            long serialNo;
            String group = "";
        };
        int start = in.start();
        in.object(name -> {
            switch (name) {
                case "name" -> found.name = in.text(key);
                case "primary_ip" -> found.primaryIp = in.text("");
                case "master_candidate" -> found.candidate = in.flag();
                case "offline" -> found.offline = in.flag();
                case "drained" -> found.drained = in.flag();
                case "serial_no" -> found.serialNo = in.number();
                case "group" -> found.group = in.pooled(in.text(""));
                default -> in.skip();
            }
        });
        return new Node(
                in.pooled(key),
                found.name,
                found.primaryIp,
                found.candidate,
                found.offline,
                found.drained,
                found.serialNo,
                found.group,
                in.sliceFrom(start));
    }

    void instance(String key, ConfigContents into) throws IOException, ConfigException {
        var found = new Object() {
            @Nullable String name;

            @Nullable String primaryNode;

            long serialNo;
        };
        List<Nic> nics = new ArrayList<>();
        List<Disk> disks = new ArrayList<>();
        List<String> diskKeys = new ArrayList<>();
        int start = in.start();
        in.object(name -> {
            switch (name) {
                case "name" -> found.name = in.text();
                case "primary_node" -> found.primaryNode = in.pooled();
                case "serial_no" -> found.serialNo = in.number();
                case "nics" -> in.array(element -> nics.add(nic()));
                case "disks" ->
                    in.array(element -> {
                        if (in.isObject()) {
                            disks.add(disk());
                        } else {
                            diskKeys.add(in.text(""));
                        }
                    });
                default -> in.skip();
            }
        });
        Instance instance = new Instance(
                key,
                found.name,
                found.primaryNode,
                List.copyOf(nics),
                List.copyOf(disks),
                found.serialNo,
                in.sliceFrom(start));
        into.add(instance, diskKeys);
    }

    private Nic nic() throws IOException, ConfigException {
        @Nullable String[] ipAndLink = {null, null};
        in.object(name -> {
            switch (name) {
                case "ip" -> ipAndLink[0] = in.text();
                case "nicparams" -> ipAndLink[1] = link();
                default -> in.skip();
            }
        });
        return new Nic(ipAndLink[0], ipAndLink[1]);
    }

    Disk disk() throws IOException, ConfigException {
        var found = new Object() {
            String devType = "";

            @Nullable Drbd ends;
        };
        List<Disk> children = new ArrayList<>();
        int start = in.start();
        in.object(name -> {
            switch (name) {
                case "dev_type" -> found.devType = in.pooled(in.text(""));
                case "logical_id" -> found.ends = new LogicalId(in).ends();
                case "children" ->
                    in.array(element -> {
                        Disk part = disk();
                        if (part.drbd() != null || !part.children().isEmpty()) {
                            children.add(part);
                        }
                    });
                default -> in.skip();
            }
        });
        Drbd drbd = found.devType.startsWith("drbd") ? found.ends : null;
        return new Disk(found.devType, drbd, List.copyOf(children), in.sliceFrom(start));
    }

    NodeGroup group(String key) throws IOException, ConfigException {
        NameAndSerial found = nameAndSerial(key);
        return new NodeGroup(key, found.name, found.serialNo, found.json);
    }

    Network network(String key) throws IOException, ConfigException {
        NameAndSerial found = nameAndSerial(key);
        return new Network(key, found.name, found.serialNo, found.json);
    }

    private record NameAndSerial(String name, long serialNo, JsonSlice json) {}

    private NameAndSerial nameAndSerial(String key) throws IOException, ConfigException {
        var found = new Object() {
            String name = key;
            long serialNo;
        };
        int start = in.start();
        in.object(name -> {
            switch (name) {
                case "name" -> found.name = in.text(key);
                case "serial_no" -> found.serialNo = in.number();
                default -> in.skip();
            }
        });
        return new NameAndSerial(found.name, found.serialNo, in.sliceFrom(start));
    }
}
