package org.msgr2.examples.msgr;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.client.Question;
import org.msgr2.confd.wire.MasterField;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The questions of {@code msgr confd}, by Ganeti's names for them. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ConfdQueries {
    private ConfdQueries() {}

    static void addTo(CommandLine confd, Terminal terminal) {
        for (ConfdQuery query : List.of(
                new Ping(terminal),
                new ClusterMaster(terminal),
                new NodeRole(terminal),
                new NodePipByInstanceIp(terminal),
                new NodePips(terminal),
                new MasterCandidatePips(terminal),
                new InstancesIps(terminal),
                new NodeDrbd(terminal),
                new NodeInstances(terminal),
                new InstanceDisks(terminal),
                new ConfigQuery(terminal))) {
            confd.addSubcommand(query);
        }
    }

    @Command(
            name = "ping",
            description = "How long each of them takes to answer.",
            footerHeading = "%nExamples:%n",
            footer = "  msgr confd ping --peer 192.0.2.1 --key hmac.key")
    static final class Ping extends ConfdQuery {
        Ping(Terminal terminal) {
            super(terminal);
        }

        @Override
        Question question() {
            return Question.ping();
        }
    }

    @Command(
            name = "cluster-master",
            description = "The master node and the cluster's address.",
            footerHeading = "%nExamples:%n",
            footer = "  msgr confd cluster-master --peer 192.0.2.1 --key hmac.key")
    static final class ClusterMaster extends ConfdQuery {
        ClusterMaster(Terminal terminal) {
            super(terminal);
        }

        @Override
        Question question() {
            return Question.clusterMaster(MasterField.NAME, MasterField.CLUSTER_IP, MasterField.NODE_PRIMARY_IP);
        }
    }

    @Command(
            name = "node-role-by-name",
            description = "What a node is: master, candidate, offline, drained or regular.",
            footerHeading = "%nExamples:%n",
            footer = "  msgr confd node-role-by-name node1 --peer 192.0.2.1 --key hmac.key")
    static final class NodeRole extends ConfdQuery {
        @Parameters(paramLabel = "NAME", description = "A node, by name, abbreviation or uuid.")
        private String subject;

        NodeRole(Terminal terminal) {
            super(terminal);
        }

        @Override
        Question question() {
            return Question.nodeRole(subject);
        }
    }

    @Command(
            name = "node-pip-by-instance-ip",
            description = "The primary address of the node that runs the instance with an address.",
            footerHeading = "%nExamples:%n",
            footer = "  msgr confd node-pip-by-instance-ip 203.0.113.1 --peer 192.0.2.1 --key hmac.key")
    static final class NodePipByInstanceIp extends ConfdQuery {
        @Parameters(paramLabel = "IP", description = "Address of an instance; or several.", arity = "1..*")
        private List<String> subject;

        @Option(names = "--link", paramLabel = "NAME", description = "The network link. Default: the cluster's.")
        private @Nullable String link;

        NodePipByInstanceIp(Terminal terminal) {
            super(terminal);
        }

        @Override
        Question question() {
            return subject.size() == 1
                    ? Question.nodePipByInstanceIp(link, subject.get(0))
                    : Question.nodePipsByInstanceIps(link, subject);
        }
    }

    @Command(
            name = "node-pip-list",
            description = "The primary addresses of all nodes.",
            footerHeading = "%nExamples:%n",
            footer = "  msgr confd node-pip-list --peer 192.0.2.1 --key hmac.key")
    static final class NodePips extends ConfdQuery {
        NodePips(Terminal terminal) {
            super(terminal);
        }

        @Override
        Question question() {
            return Question.nodePips();
        }
    }

    @Command(
            name = "mc-pip-list",
            description = "The primary addresses of the master candidates.",
            footerHeading = "%nExamples:%n",
            footer = "  msgr confd mc-pip-list --peer 192.0.2.1 --key hmac.key")
    static final class MasterCandidatePips extends ConfdQuery {
        MasterCandidatePips(Terminal terminal) {
            super(terminal);
        }

        @Override
        Question question() {
            return Question.masterCandidatePips();
        }
    }

    @Command(
            name = "instances-ips-list",
            description = "The addresses of all instances on a link.",
            footerHeading = "%nExamples:%n",
            footer = "  msgr confd instances-ips-list --peer 192.0.2.1 --key hmac.key")
    static final class InstancesIps extends ConfdQuery {
        @Option(names = "--link", paramLabel = "NAME", description = "The network link. Default: the cluster's.")
        private @Nullable String link;

        InstancesIps(Terminal terminal) {
            super(terminal);
        }

        @Override
        Question question() {
            return Question.instanceIps(link);
        }
    }

    @Command(
            name = "node-drbd",
            description = "The DRBD minors of a node.",
            footerHeading = "%nExamples:%n",
            footer = "  msgr confd node-drbd node1 --peer 192.0.2.1 --key hmac.key")
    static final class NodeDrbd extends ConfdQuery {
        @Parameters(paramLabel = "NODE", description = "A node, by name, abbreviation or uuid.")
        private String subject;

        NodeDrbd(Terminal terminal) {
            super(terminal);
        }

        @Override
        Question question() {
            return Question.nodeDrbd(subject);
        }
    }

    @Command(
            name = "node-instances",
            description = "The instances that a node is primary or secondary of.",
            footerHeading = "%nExamples:%n",
            footer = "  msgr confd node-instances node1 --peer 192.0.2.1 --key hmac.key")
    static final class NodeInstances extends ConfdQuery {
        @Parameters(paramLabel = "NODE", description = "A node, by name, abbreviation or uuid.")
        private String subject;

        NodeInstances(Terminal terminal) {
            super(terminal);
        }

        @Override
        Question question() {
            return Question.nodeInstances(subject);
        }
    }

    @Command(
            name = "instance-disks",
            description = "The disks of an instance.",
            footerHeading = "%nExamples:%n",
            footer = "  msgr confd instance-disks web1 --peer 192.0.2.1 --key hmac.key")
    static final class InstanceDisks extends ConfdQuery {
        @Parameters(paramLabel = "NAME", description = "An instance, by name, abbreviation or uuid.")
        private String subject;

        InstanceDisks(Terminal terminal) {
            super(terminal);
        }

        @Override
        Question question() {
            return Question.instanceDisks(subject);
        }
    }

    @Command(
            name = "config-query",
            description = "What is at a place in the configuration.",
            footerHeading = "%nExamples:%n",
            footer = "  msgr confd config-query /cluster/master_ip --peer 192.0.2.1 --key hmac.key")
    static final class ConfigQuery extends ConfdQuery {
        @Parameters(paramLabel = "PATH", description = "A JSON pointer, as /cluster/master_ip.")
        private String subject;

        ConfigQuery(Terminal terminal) {
            super(terminal);
        }

        @Override
        Question question() {
            return Question.configQuery(subject);
        }
    }
}
