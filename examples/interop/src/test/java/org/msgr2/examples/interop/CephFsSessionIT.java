package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.testing.Scenario;
import org.msgr2.crypto.auth.AuthProvider;
import org.msgr2.crypto.auth.cephx.CephxAuth;
import org.msgr2.crypto.auth.cephx.CephxClient;
import org.msgr2.crypto.auth.cephx.CephxConfig;
import org.msgr2.crypto.auth.none.NoneAuth;
import org.msgr2.crypto.key.KeyringFile;
import org.msgr2.session.Policy;
import org.msgr2.session.SessionEvent;

/**
 * The server's end of a session that outlives its connections, with Ceph's own client library at the other end: it has mounted a
 * file system of which monitor and metadata server are ours (spec/msgr2-observed §10). What the frames were, its log says.
 */
@RequiresPython("cephfs")
@Timeout(120)
final class CephFsSessionIT {
    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final int QUESTIONS = 8;
    /** Those above mean something to the library itself. */
    private static final int ERRNO_MAX = 40;

    private static final int ROUNDS = 40;
    private static final long CONNECTIONS_MIN = 5;
    private static final int AHEAD = 10;
    private static final int FAR_AHEAD = 1000;
    /** What the library does when its session was forgotten: another one, instead of calling the old one stale. */
    private static final String BEGINS_ANEW = "client reconnect stale = true";

    private static final String FAILURES = "ms_inject_socket_failures";
    /** Of so many of its reads and writes, one closes the socket. */
    private static final String FAILURE_IN = "40";

    @TempDir
    private Path directory;

    /** A cluster of ours, and a client of Ceph's that has mounted it. */
    private final class Mounted implements AutoCloseable {
        final ClientLogin login;
        final JavaMonitor monitor;
        JavaMds mds;
        final CephFsClient client;
        final ClientLog log;
        private int asked;
        /** The last message that the client has for certain. */
        private long received;

        Mounted(ClientLogin login, Policy policy, String... lines) throws Exception {
            this.login = login;
            Path file = directory.resolve("client.log");
            List<String> conf = new ArrayList<>(ClientLog.configuration(file));
            conf.addAll(List.of(lines));
            monitor = JavaMonitor.start(directory, login);
            mds = JavaMds.start(monitor, policy);
            client = CephFsClient.mount(directory, monitor.conf(login, conf.toArray(String[]::new)), monitor.keyring());
            log = new ClientLog(file, mds.addr());
        }

        /** Asks for so many files that were never asked for, and does not wait. */
        List<String> ask(int questions) throws IOException {
            List<String> names = IntStream.rangeClosed(asked + 1, asked + questions)
                    .mapToObj(number -> "/errno-" + (1 + number % ERRNO_MAX) + "-" + number)
                    .toList();
            asked += questions;
            for (String name : names) {
                client.stat(name);
            }
            return names;
        }

        /** Every one of these questions is answered, with what belongs to it. */
        void areAnswered(List<String> names) throws Exception {
            Map<String, Integer> expected = new TreeMap<>();
            names.forEach(name -> expected.put(name, Integer.parseInt(name.split("-")[1])));
            assertThat(client.answers(names.size())).isEqualTo(expected);
        }

        /** Asks, and has the answers lost on their way: the server has sent them, and the client has none. */
        List<String> askInVain() throws Exception {
            mds.hold();
            List<String> names = ask(QUESTIONS);
            await("the questions come", () -> mds.held() == QUESTIONS);
            received = mds.sent();
            mds.network().loseOutgoing();
            mds.release();
            return names;
        }

        /**
         * Cuts the connection, and waits for the next one.
         *
         * @param times how often the session will have been reconnected then
         * @return how many bytes that took on our side
         */
        long reconnect(int times) {
            mds.network().cut();
            await("reconnected", () -> Collections.frequency(log.establishing(), "SESSION_RECONNECT_OK") == times);
            return mds.network().outgoingBytes();
        }

        /** The session as the client knows it. */
        ClientLog.SessionNames names() {
            await("the client's log names the session", () -> log.names().isPresent());
            try {
                return log.names().orElseThrow();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Comes in for the client, with what it likes of the session's counters. */
        ControlFrame pretend(ClientLog.SessionNames names, long globalSeq, long connectSeq) throws Exception {
            return ClientDouble.ask(
                    mds.addr(),
                    clientAuth(),
                    new ControlFrame.SessionReconnect(
                            clientAddrs(),
                            names.clientCookie(),
                            names.serverCookie(),
                            globalSeq,
                            connectSeq,
                            received));
        }

        EntityAddrVec clientAddrs() {
            return mds.client().info().peerAddrs();
        }

        /** What the client itself shows: its name, or its key. */
        AuthProvider clientAuth() throws Exception {
            if (login.auth() == CephSettings.Auth.NONE) {
                return new NoneAuth(JavaMonitor.ADMIN);
            }
            CephxConfig config = CephxConfig.of(
                            JavaMonitor.ADMIN,
                            KeyringFile.read(monitor.keyring())
                                    .find(JavaMonitor.ADMIN)
                                    .orElseThrow()
                                    .key())
                    .withModes(List.of(login.mode()), List.of(login.mode()));
            CephxClient tickets = new CephxClient(config, InstantSource.system(), InteropClient.ENTROPY);
            try (InteropClient atMonitor = InteropClient.cephx(config, tickets)) {
                InteropClient.ready(atMonitor.connect(EntityType.MON, monitor.addr()));
            }
            return new CephxAuth(tickets, new NoneAuth(JavaMonitor.ADMIN));
        }

        /** Ends the client, whose log is then complete: each question got one answer, and had one if it was asked. */
        void unmount() throws Exception {
            assertThat(client.unmount()).isZero();
            assertThat(log.replies()).doesNotHaveDuplicates();
        }

        @Override
        public void close() {
            client.close();
            mds.close();
            monitor.close();
        }
    }

    private static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what).atMost(WAIT).pollInterval(Duration.ofMillis(5)).until(condition);
    }

    @ParameterizedTest
    @EnumSource
    void answersThatWereLostWithTheConnectionAreSentAgain(ClientLogin login) throws Exception {
        try (Mounted fs = new Mounted(login, Policy.statefulServer())) {
            List<String> lost = fs.askInVain();
            assertThat(fs.client.hasAnswer()).isFalse();
            fs.mds.network().cut();
            fs.areAnswered(lost);
            fs.areAnswered(fs.ask(1));

            assertThat(fs.mds.stats().messagesReplayed()).isEqualTo(QUESTIONS);
            fs.unmount();
            assertThat(fs.log.establishing())
                    .containsExactly("CLIENT_IDENT", "SERVER_IDENT", "SESSION_RECONNECT cs=1", "SESSION_RECONNECT_OK");
            assertThat(fs.log.replies()).hasSize(1 + QUESTIONS + 1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void questionsThatWereLostWithTheConnectionAreSentAgainAndAnsweredOnce(ClientLogin login) throws Exception {
        try (Mounted fs = new Mounted(login, Policy.statefulServer())) {
            int before = fs.mds.requests().size();
            fs.mds.network().loseIncoming();
            List<String> names = fs.ask(QUESTIONS);
            await(
                    "the questions are sent",
                    () -> fs.log.written("client_request").size() == before + QUESTIONS);
            assertThat(fs.mds.requests()).hasSize(before);
            fs.mds.network().cut();
            fs.areAnswered(names);

            fs.unmount();
            List<Long> written = fs.log.written("client_request");
            assertThat(written).hasSize(before + 2 * QUESTIONS);
            assertThat(written.subList(before, before + QUESTIONS))
                    .isEqualTo(written.subList(before + QUESTIONS, before + 2 * QUESTIONS));
            assertThat(fs.mds.requests())
                    .hasSize(before + QUESTIONS)
                    .extracting(JavaMds.Request::tid)
                    .doesNotHaveDuplicates();
            assertThat(fs.mds.requests())
                    .allSatisfy(request -> assertThat(request.retries()).isZero());
        }
    }

    @ParameterizedTest
    @EnumSource
    @Scenario("S29")
    void aClientWhoseConnectSeqIsBehindIsToldToRetry(ClientLogin login) throws Exception {
        try (Mounted fs = new Mounted(login, Policy.statefulServer())) {
            List<String> lost = fs.askInVain();
            ClientLog.SessionNames names = fs.names();
            assertThat(fs.pretend(names, names.globalSeq(), AHEAD)).isInstanceOf(ControlFrame.SessionReconnectOk.class);
            fs.areAnswered(lost);

            fs.unmount();
            assertThat(fs.log.establishing())
                    .containsExactly(
                            "CLIENT_IDENT",
                            "SERVER_IDENT",
                            "SESSION_RECONNECT cs=1",
                            "SESSION_RETRY",
                            "SESSION_RECONNECT cs=" + (AHEAD + 1),
                            "SESSION_RECONNECT_OK");
        }
    }

    @ParameterizedTest
    @EnumSource
    @Scenario("S27")
    void aClientWhoseGlobalSeqIsBehindIsToldToRetry(ClientLogin login) throws Exception {
        try (Mounted fs = new Mounted(login, Policy.statefulServer())) {
            List<String> lost = fs.askInVain();
            ClientLog.SessionNames names = fs.names();
            long globalSeq = names.globalSeq() + FAR_AHEAD;
            assertThat(fs.pretend(names, globalSeq, 1)).isInstanceOf(ControlFrame.SessionReconnectOk.class);
            fs.areAnswered(lost);

            fs.unmount();
            assertThat(fs.names().globalSeq()).isGreaterThan(globalSeq);
            assertThat(fs.log.establishing())
                    .containsExactly(
                            "CLIENT_IDENT",
                            "SERVER_IDENT",
                            "SESSION_RECONNECT cs=1",
                            "SESSION_RETRY_GLOBAL",
                            "SESSION_RECONNECT cs=1",
                            "SESSION_RECONNECT_OK");
        }
    }

    @ParameterizedTest
    @EnumSource
    @Scenario("S15")
    void anAnswerToAReconnectThatIsLostCostsAnotherOne(ClientLogin login) throws Exception {
        try (Mounted fs = new Mounted(login, Policy.statefulServer())) {
            // The lesser of two: once a second the client reports figures, which we acknowledge.
            long handshakeAndAnswer = Math.min(fs.reconnect(1), fs.reconnect(2));
            List<String> lost = fs.askInVain();
            fs.mds.network().cutNextBefore(handshakeAndAnswer - 1);
            fs.mds.network().cut();
            fs.areAnswered(lost);

            // Some were under way behind the answer that was cut.
            assertThat(fs.mds.stats().messagesReplayed()).isBetween((long) QUESTIONS, 2L * QUESTIONS);
            fs.unmount();
            assertThat(fs.log.establishing())
                    .containsExactly(
                            "CLIENT_IDENT",
                            "SERVER_IDENT",
                            "SESSION_RECONNECT cs=1",
                            "SESSION_RECONNECT_OK",
                            "SESSION_RECONNECT cs=2",
                            "SESSION_RECONNECT_OK",
                            "SESSION_RECONNECT cs=3",
                            "SESSION_RECONNECT cs=4",
                            "SESSION_RECONNECT_OK");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClientWhoseSessionWasClosedBeginsAnewAndAsksAgain(ClientLogin login) throws Exception {
        try (Mounted fs = new Mounted(login, Policy.statefulServer(), BEGINS_ANEW)) {
            List<String> names = fs.askInVain();
            fs.mds.client().markDown();
            fs.areAnswered(names);

            fs.unmount();
            assertThat(fs.mds.opened()).isEqualTo(2);
            assertThat(fs.log.establishing())
                    .startsWith(
                            "CLIENT_IDENT",
                            "SERVER_IDENT",
                            "SESSION_RECONNECT cs=1",
                            "SESSION_RESET full=1",
                            "CLIENT_IDENT")
                    .endsWith("SERVER_IDENT")
                    .doesNotContain("SESSION_RECONNECT_OK");
        }
    }

    @ParameterizedTest
    @EnumSource
    @Scenario("S30")
    void aClientWhoseServerWasStartedAgainBeginsAnewAndAsksAgain(ClientLogin login) throws Exception {
        try (Mounted fs = new Mounted(login, Policy.statefulServer(), BEGINS_ANEW)) {
            fs.mds.hold();
            List<String> names = fs.ask(QUESTIONS);
            await("the questions come", () -> fs.mds.held() == QUESTIONS);
            EntityAddr where = fs.mds.addr();
            fs.mds.close();
            fs.mds = JavaMds.startAgain(fs.monitor, where);
            fs.areAnswered(names);

            fs.unmount();
            assertThat(fs.mds.opened()).isEqualTo(1);
            assertThat(fs.mds.requests())
                    .hasSize(QUESTIONS)
                    .allSatisfy(request -> assertThat(request.retries()).isEqualTo(1));
            // How often it was refused while nobody listened, nobody knows.
            assertThat(fs.log.establishing())
                    .startsWith("CLIENT_IDENT", "SERVER_IDENT")
                    .containsSequence("SESSION_RESET full=1", "CLIENT_IDENT")
                    .endsWith("SERVER_IDENT")
                    .doesNotContain("SESSION_RECONNECT_OK");
        }
    }

    @ParameterizedTest
    @EnumSource
    @Scenario("S31")
    void aClientThatIsResetButNotInFullKeepsItsQuestions(ClientLogin login) throws Exception {
        Policy policy = withoutResetCheck(Policy.statefulServer());
        try (Mounted fs = new Mounted(login, policy)) {
            List<String> lost = fs.askInVain();
            ClientLog.SessionNames names = fs.names();
            ControlFrame answer = ClientDouble.ask(
                    fs.mds.addr(),
                    fs.clientAuth(),
                    new ControlFrame.ClientIdent(
                            fs.clientAddrs(),
                            fs.mds.addr(),
                            -1,
                            names.globalSeq(),
                            CephFeatures.PACIFIC,
                            CephFeatures.MSGR2_REQUIRED,
                            0,
                            names.clientCookie() + 1));
            assertThat(answer).isInstanceOf(ControlFrame.ServerIdent.class);
            fs.areAnswered(lost);

            fs.unmount();
            assertThat(fs.mds.events()).noneMatch(SessionEvent.RemoteReset.class::isInstance);
            assertThat(fs.log.establishing())
                    .containsExactly(
                            "CLIENT_IDENT",
                            "SERVER_IDENT",
                            "SESSION_RECONNECT cs=1",
                            "SESSION_RESET full=0",
                            "CLIENT_IDENT",
                            "SERVER_IDENT");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aClientThatBreaksItsOwnConnectionsIsAnsweredAlways(ClientLogin login) throws Exception {
        try (Mounted fs =
                new Mounted(login, Policy.statefulServer(), "ms initial backoff = 0.02", "ms max backoff = 0.2")) {
            fs.client.set(FAILURES, FAILURE_IN);
            for (int round = 0; round < ROUNDS; round++) {
                fs.areAnswered(fs.ask(QUESTIONS));
            }
            fs.client.set(FAILURES, "0");
            long connections = fs.mds.events().stream()
                    .filter(SessionEvent.Accepted.class::isInstance)
                    .count();
            System.out.printf(
                    "libcephfs that breaks its connections, %s: %d questions, %d connections, %d answers replayed%n",
                    login, ROUNDS * QUESTIONS, connections, fs.mds.stats().messagesReplayed());
            assertThat(connections).isGreaterThan(CONNECTIONS_MIN);
            fs.unmount();
            assertThat(fs.mds.events()).noneMatch(SessionEvent.RemoteReset.class::isInstance);
            assertThat(fs.mds.requests())
                    .hasSize(1 + ROUNDS * QUESTIONS)
                    .extracting(JavaMds.Request::tid)
                    .doesNotHaveDuplicates();
        }
    }

    private static Policy withoutResetCheck(Policy policy) {
        return new Policy(
                policy.name(),
                policy.lossy(),
                policy.server(),
                policy.standby(),
                false,
                policy.registerLossyClients(),
                policy.featuresSupported(),
                policy.featuresRequired(),
                policy.throttle());
    }
}
