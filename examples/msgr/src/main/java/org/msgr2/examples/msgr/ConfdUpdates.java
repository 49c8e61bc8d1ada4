package org.msgr2.examples.msgr;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.client.WatchListener;
import org.msgr2.confd.client.WatchUpdate;
import org.msgr2.session.rpc.CallException;

/** Prints what a watch hears, until there is enough of it. A terminal that is slow holds the node up, so nothing is kept here. */
final class ConfdUpdates implements WatchListener {
    /** In a line for people; programs get all. */
    private static final int PATHS_MAX = 5;

    private final Terminal terminal;
    private final boolean json;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private int left;

    /** @param count of updates, after which it ends; 0 is never */
    ConfdUpdates(Terminal terminal, boolean json, int count) {
        this.terminal = terminal;
        this.json = json;
        this.left = count;
    }

    /** Waits for the end; being interrupted, as by Ctrl-C, is one. */
    void await() throws ExecutionException {
        try {
            ended.get();
        } catch (InterruptedException e) {
            stop();
        }
    }

    /** Nothing is printed any more when this returns. */
    synchronized void stop() {
        ended.complete(null);
    }

    @Override
    public synchronized void onUpdate(WatchUpdate update) {
        if (ended.isDone()) {
            return;
        }
        if (json) {
            terminal.json(json(update));
        } else {
            terminal.out().println(line(update));
        }
        boolean enough = !update.more() && left > 0 && --left == 0;
        if (enough || terminal.isGone()) {
            ended.complete(null);
        }
    }

    @Override
    public synchronized void onInterrupted(CallException why) {
        if (!ended.isDone()) {
            terminal.err().println("msgr: interrupted, goes on by itself: " + Faults.oneLine(why.getMessage()));
        }
    }

    @Override
    public void onEnd(@Nullable CallException why) {
        if (why == null) {
            ended.complete(null);
        } else {
            ended.completeExceptionally(why);
        }
    }

    static ObjectNode json(WatchUpdate update) {
        ObjectNode root = JsonNodeFactory.instance
                .objectNode()
                .put("kind", kind(update))
                .put("revision", update.revision().toString());
        for (WatchUpdate.Value each : update.values()) {
            ObjectNode value = root.withArrayProperty("values").addObject().put("path", each.path());
            if (each.value() == null) {
                value.put("removed", true);
            } else {
                value.set("value", each.value());
            }
        }
        root.withArrayProperty("values");
        return root.put("more", update.more());
    }

    /** A value that is short enough to be read; of others, where they are. */
    static String line(WatchUpdate update) {
        List<WatchUpdate.Value> values = update.values();
        String what = values.isEmpty()
                ? "nothing there"
                : values.stream().limit(PATHS_MAX).map(ConfdUpdates::word).collect(Collectors.joining(", "));
        int others = values.size() - PATHS_MAX;
        return String.format(
                Locale.ROOT,
                "%-8s  serial %d  %s%s%s",
                kind(update),
                update.revision().serialNo(),
                what,
                others > 0 ? " and " + others + " more" : "",
                update.more() ? " …" : "");
    }

    private static String word(WatchUpdate.Value each) {
        String path = each.path().isEmpty() ? "''" : each.path();
        JsonNode value = each.value();
        if (value == null) {
            return path + " removed";
        }
        return value.isValueNode() ? path + " = " + value : path;
    }

    private static String kind(WatchUpdate update) {
        return update.kind().name().toLowerCase(Locale.ROOT);
    }
}
