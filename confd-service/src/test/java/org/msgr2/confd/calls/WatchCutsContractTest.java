package org.msgr2.confd.calls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.confd.Vectors;
import org.msgr2.confd.client.ConfdNodeClient;
import org.msgr2.confd.client.WatchUpdate;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.ConfigException;
import org.msgr2.confd.config.ConfigState;
import org.msgr2.confd.engine.EngineOptions;
import org.msgr2.confd.watch.WatchEvent;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.auth.AuthProvider;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.none.NoneAuth;
import org.msgr2.session.Messenger;
import org.msgr2.session.Service;
import org.msgr2.session.rpc.CallHandler;
import org.msgr2.session.rpc.Subscription;
import org.msgr2.session.testing.CephxRealm;
import org.msgr2.session.testing.FrameCuts;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.TestNetwork;

/**
 * The promise of a watch: while the configuration changes and the connection is cut 1,000 times, between frames and inside of
 * them, in either direction, in the handshake and behind it, nothing is lost and nothing is repeated.
 */
@Timeout(60)
abstract class WatchCutsContractTest extends NetworkTestBase<TestNetwork> {
    private static final long SEED = Long.getLong("msgr2.confd.cuts.seed", 1);
    private static final int CUTS = 1_000;
    private static final int OF_A_KIND_MIN = 300;
    /** There is one for each change at least, but for those that find no frame before the next one. */
    private static final int CHANGES_MAX = 2 * CUTS;

    private static final int FIRST_SERIAL = 1_000_000;

    private static final Limits QUICK = Limits.defaults()
            .withTimeouts(Limits.defaults().timeouts().withBackoff(Duration.ofMillis(1), Duration.ofMillis(2)));

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final FrameCuts cuts = new FrameCuts(SEED + 1);
    private ConfdWatches watches;

    /** Of those who authenticate. */
    InstantSource clock() {
        return InstantSource.system();
    }

    /** @param heard whether the last change has been told: two that come at once may be told as one */
    void untilNextChange(BooleanSupplier heard) {
        network.await("the change is heard", heard);
    }

    private Messenger.Builder messenger(String name, ConnectionMode mode, CephxRealm realm) {
        AuthProvider names =
                mode == ConnectionMode.SECURE ? realm.auth(name, List.of(mode)) : new NoneAuth(EntityName.parse(name));
        return network.messenger(name, leaks.allocator(), cuts.on(network.transport(leaks.allocator())))
                .frameObserver(cuts)
                .limits(QUICK)
                .auth(self -> new CapableAuth(names, Map.of("client.reader", "allow r")));
    }

    private ConfdNodeClient open(ConnectionMode mode) {
        ConfigState state = new ConfigState.Loaded(Vectors.small30());
        watches = new ConfdWatches(ConfdCallLimits.DEFAULTS, network.workers());
        ConfdCalls calls = new ConfdCalls(
                () -> state, EngineOptions.DEFAULTS, ConfdCallLimits.DEFAULTS, (type, status) -> {}, watches);
        watches.offer(state);
        CephxRealm realm = new CephxRealm(clock(), new SplittableRandom(SEED)::nextBytes);
        Messenger node = start(messenger("osd.1", mode, realm).service(new Service() {
            @Override
            public String name() {
                return ConfdMethods.SERVICE;
            }

            @Override
            public CallHandler calls() {
                return calls.handler();
            }
        }));
        EntityAddr addr = bind(node);
        return ConfdNodeClient.of(start(messenger("client.reader", mode, realm)), EntityType.OSD, addr);
    }

    private static ClusterConfig withSerial(String json, int serial) throws ConfigException {
        return ClusterConfig.parse(
                json.replace("\"SERIAL\"", Integer.toString(serial)).getBytes(StandardCharsets.UTF_8));
    }

    /** What the watch says next, or the handshake behind another cut; and sometimes what the watcher says. */
    private void orderCuts() {
        if (cuts.pending(false) == 0) {
            cuts.order(false, random.nextInt(2), random.nextBoolean());
        }
        boolean watcher = random.nextInt(3) == 0;
        if (cuts.pending(watcher) < 2) {
            cuts.order(watcher, random.nextInt(7), random.nextBoolean());
        }
    }

    private int made() {
        return cuts.inside() + cuts.atBorders();
    }

    @ParameterizedTest
    @EnumSource(names = {"CRC", "SECURE"})
    void nothingIsLostAndNothingRepeated(ConnectionMode mode) throws ConfigException {
        System.out.println("cuts of seed " + SEED + " in mode " + mode);
        String json = new String(Vectors.bytes("config-small.data"), StandardCharsets.UTF_8)
                .replaceFirst("\"cluster\": \\{", "\"cluster\": {\"counter\": \"SERIAL\", ")
                .replaceFirst("\n \"serial_no\": [0-9]+", "\n \"serial_no\": \"SERIAL\"");
        ConfdNodeClient client = open(mode);
        List<WatchUpdate> heard = new CopyOnWriteArrayList<>();
        Subscription subscription = client.watch("/cluster/counter", Opaque.EMPTY, heard::add);
        network.await("a snapshot", () -> heard.size() == 1);
        List<Long> written = new ArrayList<>();
        while (made() < CUTS && written.size() < CHANGES_MAX) {
            int serial = FIRST_SERIAL + written.size();
            written.add((long) serial);
            orderCuts();
            watches.offer(new ConfigState.Loaded(withSerial(json, serial)));
            untilNextChange(() -> heard.size() > written.size());
        }
        network.await("all changes", () -> heard.size() >= written.size() + 1);
        network.settle();

        List<WatchUpdate> changes = heard.subList(1, heard.size());
        assertThat(changes).extracting(update -> update.revision().serialNo()).isEqualTo(written);
        assertThat(changes)
                .extracting(update -> update.values().get(0).value().asLong())
                .isEqualTo(written);
        assertThat(changes).extracting(WatchUpdate::kind).containsOnly(WatchEvent.Kind.CHANGED);
        assertThat(cuts.inside()).isGreaterThanOrEqualTo(OF_A_KIND_MIN);
        assertThat(cuts.atBorders()).isGreaterThanOrEqualTo(OF_A_KIND_MIN);
        assertThat(made()).isGreaterThanOrEqualTo(CUTS);
        assertThat(subscription.resumptions()).isGreaterThan(OF_A_KIND_MIN);
        subscription.close();
    }
}
