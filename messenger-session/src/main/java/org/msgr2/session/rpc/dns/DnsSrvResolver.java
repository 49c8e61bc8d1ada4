package org.msgr2.session.rpc.dns;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityType;
import org.msgr2.session.rpc.Resolver;
import org.msgr2.session.rpc.Target;

/**
 * A service's peers by their DNS SRV records, as {@code _ceph-mon._tcp.example.com}: hosts and ports with priority and weight.
 * Hosts are looked up too; the addresses are v2 ones without a nonce. Has a thread and a socket of its own until it is closed, which blocks a moment.
 * Thread-safe.
 */
public final class DnsSrvResolver implements Resolver, AutoCloseable {
    private static final Duration WAIT = Duration.ofSeconds(5);

    private final String name;
    private final EntityType type;
    private final MultiThreadIoEventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("msgr2-dns", true), NioIoHandler.newFactory());
    private final DnsNameResolver dns;

    private DnsSrvResolver(String name, EntityType type, @Nullable InetSocketAddress server) {
        this.name = name;
        this.type = type;
        DnsNameResolverBuilder builder = new DnsNameResolverBuilder(loop.next())
                .datagramChannelType(NioDatagramChannel.class)
                .queryTimeoutMillis(WAIT.toMillis());
        if (server != null) {
            builder.nameServerProvider(new SingletonDnsServerAddressStreamProvider(server));
        }
        dns = builder.build();
    }

    /**
     * Asks the name servers that the system is configured with.
     *
     * @param name as {@code _ceph-mon._tcp.example.com}
     * @param type what the peers have to be
     */
    public static DnsSrvResolver of(String name, EntityType type) {
        return new DnsSrvResolver(name, type, null);
    }

    /** Asks that name server. */
    public static DnsSrvResolver of(String name, EntityType type, InetSocketAddress server) {
        return new DnsSrvResolver(name, type, server);
    }

    @Override
    public CompletionStage<List<Target>> resolve() {
        CompletableFuture<List<Target>> result = new CompletableFuture<>();
        dns.resolveAll(new DefaultDnsQuestion(name, DnsRecordType.SRV))
                .addListener((Future<List<DnsRecord>> answer) -> {
                    if (!answer.isSuccess()) {
                        result.completeExceptionally(answer.cause());
                        return;
                    }
                    List<DnsRecord> records = answer.getNow();
                    try {
                        addresses(read(records), result);
                    } catch (IOException e) {
                        result.completeExceptionally(e);
                    } finally {
                        records.forEach(ReferenceCountUtil::release);
                    }
                });
        return result;
    }

    private static List<SrvRecord> read(List<DnsRecord> records) throws IOException {
        List<SrvRecord> read = new ArrayList<>();
        for (DnsRecord record : records) {
            if (record instanceof DnsRawRecord raw && record.type().equals(DnsRecordType.SRV)) {
                SrvRecord srv = SrvRecord.read(raw);
                if (!srv.isNowhere()) {
                    read.add(srv);
                }
            }
        }
        return read;
    }

    /** One after the other: there are few, and the answers are cached. A host without an address is left out. */
    private void addresses(List<SrvRecord> records, CompletableFuture<List<Target>> result) {
        next(records, 0, new ArrayList<>(), result);
    }

    private void next(List<SrvRecord> records, int at, List<Target> found, CompletableFuture<List<Target>> result) {
        if (at == records.size()) {
            if (found.isEmpty()) {
                result.completeExceptionally(new IOException(name + ": no host of its SRV records has an address"));
            } else {
                result.complete(found);
            }
            return;
        }
        SrvRecord srv = records.get(at);
        dns.resolve(srv.host()).addListener((Future<InetAddress> address) -> {
            if (address.isSuccess()) {
                found.add(target(srv, address.getNow()));
            }
            next(records, at + 1, found, result);
        });
    }

    private Target target(SrvRecord srv, InetAddress host) {
        EntityAddr addr = EntityAddr.of(EntityAddr.Type.MSGR2, 0, host.getAddress(), srv.port());
        return new Target(type, EntityAddrVec.of(addr), srv.priority(), srv.weight());
    }

    @Override
    public void close() {
        dns.close();
        loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
