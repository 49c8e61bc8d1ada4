package org.msgr2.examples.bench.confd;

import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * What is measured, and how much of it.
 *
 * @param big the large cluster instead of the small one
 * @param answers of each kind, per server
 * @param inFlight questions under way at a time
 * @param nodes of the large cluster
 * @param instances of the large cluster
 * @param reloads of ours; the real one does one
 * @param servers which are measured
 */
record ConfdBenchOptions(
        boolean big, int answers, int inFlight, int nodes, int instances, int reloads, Set<Servers> servers) {

    /** @throws IllegalArgumentException saying what is wrong */
    static ConfdBenchOptions parse(List<String> args) {
        ConfdBenchOptions options =
                new ConfdBenchOptions(false, 500_000, 64, 2_000, 50_000, 5, EnumSet.allOf(Servers.class));
        Iterator<String> rest = args.iterator();
        while (rest.hasNext()) {
            options = options.with(rest.next(), rest);
        }
        return options;
    }

    private ConfdBenchOptions with(String option, Iterator<String> rest) {
        return switch (option) {
            case "--big" -> new ConfdBenchOptions(true, answers, inFlight, nodes, instances, reloads, servers);
            case "--only" ->
                new ConfdBenchOptions(big, answers, inFlight, nodes, instances, reloads, EnumSet.of(server(rest)));
            case "--answers" ->
                new ConfdBenchOptions(big, number(option, rest), inFlight, nodes, instances, reloads, servers);
            case "--in-flight" ->
                new ConfdBenchOptions(big, answers, number(option, rest), nodes, instances, reloads, servers);
            case "--nodes" ->
                new ConfdBenchOptions(big, answers, inFlight, number(option, rest), instances, reloads, servers);
            case "--instances" ->
                new ConfdBenchOptions(big, answers, inFlight, nodes, number(option, rest), reloads, servers);
            case "--reloads" ->
                new ConfdBenchOptions(big, answers, inFlight, nodes, instances, number(option, rest), servers);
            default -> throw new IllegalArgumentException("unknown option " + option);
        };
    }

    private static Servers server(Iterator<String> rest) {
        return switch (rest.hasNext() ? rest.next() : "") {
            case "ganeti" -> Servers.GANETI;
            case "ours" -> Servers.OURS;
            default -> throw new IllegalArgumentException("--only takes ganeti or ours");
        };
    }

    private static int number(String option, Iterator<String> rest) {
        try {
            int number = Integer.parseInt(rest.hasNext() ? rest.next() : "");
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // the same complaint
        }
        throw new IllegalArgumentException(option + " takes a positive number");
    }
}
