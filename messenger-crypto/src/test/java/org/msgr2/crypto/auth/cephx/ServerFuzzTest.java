package org.msgr2.crypto.auth.cephx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.testing.ByteMutator;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.auth.AuthReply;
import org.msgr2.crypto.auth.AuthServer;
import org.msgr2.crypto.auth.AuthSession;
import org.msgr2.crypto.auth.cephx.ServerKit.Peer;
import org.msgr2.crypto.key.KeyType;

/** What recorded peers said, changed at random: answers and faults, but no other exception. */
class ServerFuzzTest {
    private static final int RUNS = 100_000;
    private static final long SEED = Long.getLong("msgr2.seed", 20261120);

    @Test
    void anyPayloadIsAnsweredOrRefused() throws ProtocolException {
        SplittableRandom random = new SplittableRandom(SEED);
        ByteMutator mutator = new ByteMutator(random.split());
        ServerKit kit = new ServerKit();
        // So that a part of the runs gets beyond every seal, all keys are of the type without integrity.
        TicketAuthority authority = kit.authority(
                KeyType.AES,
                AuthorityOptions.DEFAULTS
                        .withKeyTypes(KeyType.AES, AuthorityOptions.DEFAULTS.entityKeyTypes())
                        .withGlobalIdBlock(1 << 20));
        Peer admin = Peer.of(ServerKit.ADMIN, ServerKit.keyring(KeyType.AES));
        ServerKit.accepted(admin.login(authority.server(ServerKit.BOTH), ServerKit.CRC));
        AuthSession session = admin.done.outcome().session();
        AuthorizerVerifier osd = new AuthorizerVerifier(
                EntityType.OSD,
                RotatingKeys.of(authority.rotatingSecrets(EntityType.OSD)),
                delay -> CompletableFuture.completedFuture(authority.rotatingSecrets(EntityType.OSD)),
                TicketChecks.ALL,
                kit.clock,
                kit.dice,
                kit.failures);
        CephxServer node = CephxServer.monitor(authority).withService(osd);
        List<byte[]> seeds = seeds(admin);
        int answered = 0;
        int accepted = 0;
        for (int run = 0; run < RUNS; run++) {
            AuthServer server = node.server(EntityType.CLIENT);
            byte[] request = payload(random, mutator, seeds);
            byte[] more = payload(random, mutator, seeds);
            try {
                if (run % 4 == 0) {
                    accepted += session.request(Opaque.copyOf(more)).result() == 0 ? 1 : 0;
                    continue;
                }
                if (run % 4 == 1) {
                    request = random.nextBoolean() ? admin.hello().toByteArray() : seeds.get(1);
                }
                AuthReply reply = server.request(2, List.of(1 + random.nextInt(2)), Opaque.copyOf(request));
                if (reply instanceof AuthReply.Later later) {
                    reply = later.reply().toCompletableFuture().join();
                }
                answered++;
                if (reply instanceof AuthReply.More) {
                    accepted += server.requestMore(Opaque.copyOf(more)) instanceof AuthReply.Done ? 1 : 0;
                }
            } catch (ProtocolException e) {
                assertThat(e.kind())
                        .as("seed %d, run %d", SEED, run)
                        .isIn(FaultKind.MALFORMED, FaultKind.FEATURE, FaultKind.LIMIT, FaultKind.SEQUENCE);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + SEED + ", run " + run, e);
            }
        }
        System.out.println(
                "seed " + SEED + ": " + RUNS + " runs, " + answered + " answered, " + accepted + " accepted");
        assertThat(answered).isGreaterThan(RUNS / 10);
    }

    private static byte[] payload(SplittableRandom random, ByteMutator mutator, List<byte[]> seeds) {
        byte[] seed = seeds.get(random.nextInt(seeds.size()));
        int changes = random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            seed = mutator.mutate(seed, seeds.get(random.nextInt(seeds.size())));
        }
        return seed;
    }

    private static List<byte[]> seeds(Peer admin) {
        List<byte[]> seeds = new ArrayList<>();
        seeds.add(admin.hello().toByteArray());
        seeds.add(admin.authorizer(EntityType.OSD, Authorize.first(7)).encoded().toByteArray());
        seeds.add(admin.authorizer(EntityType.OSD, Authorize.answer(7, 9))
                .encoded()
                .toByteArray());
        seeds.add(Peer.login(new Authenticate(3, 1, 2, admin.authTicket, ServerKit.ALL))
                .toByteArray());
        Encodable renewal = out -> {
            RequestType.GET_PRINCIPAL_SESSION_KEY.write(out);
            admin.authorizer(EntityType.AUTH, Authorize.first(5)).write(out);
            new ServiceTicketRequest(ServerKit.ALL).write(out);
        };
        seeds.add(renewal.encoded().toByteArray());
        seeds.add(RequestType.GET_ROTATING_KEY.encoded().toByteArray());
        RecordedPeersTest.logins().forEach(each -> {
            seeds.add(each.request().toByteArray());
            seeds.add(each.more().toByteArray());
        });
        RecordedPeersTest.authorizers().forEach(each -> {
            seeds.add(each.request().toByteArray());
            seeds.add(each.more().toByteArray());
        });
        return seeds;
    }
}
