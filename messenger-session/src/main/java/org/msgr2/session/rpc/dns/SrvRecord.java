package org.msgr2.session.rpc.dns;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsRawRecord;
import java.io.IOException;

/**
 * What a DNS SRV record says (RFC 2782).
 *
 * @param host with its dot at the end; only a dot says that there is no such service
 */
record SrvRecord(int priority, int weight, int port, String host) {
    private static final int FIXED_BYTES = 6;

    /** @param raw borrowed */
    static SrvRecord read(DnsRawRecord raw) throws IOException {
        ByteBuf in = raw.content().duplicate();
        if (in.readableBytes() <= FIXED_BYTES) {
            throw new IOException("an SRV record of " + in.readableBytes() + " bytes");
        }
        int priority = in.readUnsignedShort();
        int weight = in.readUnsignedShort();
        int port = in.readUnsignedShort();
        try {
            return new SrvRecord(priority, weight, port, DefaultDnsRecordDecoder.decodeName(in));
        } catch (RuntimeException e) {
            throw new IOException("an SRV record with a broken name", e);
        }
    }

    boolean isNowhere() {
        return host.equals(".");
    }
}
