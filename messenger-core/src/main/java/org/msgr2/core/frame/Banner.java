package org.msgr2.core.frame;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.feature.BannerFeatures;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/**
 * What each end sends first and unasked: {@code "ceph v2\n", u16 length, u64 supported, u64 required}
 * (spec/msgr2 §1.1). A longer payload is a newer peer's, whose rest is ignored.
 */
public record Banner(BannerFeatures supported, BannerFeatures required) {
    private static final byte[] MAGIC = "ceph v2\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MAGIC_MSGR1 = "ceph v027".getBytes(StandardCharsets.US_ASCII);

    /** The first byte of who dials with TLS, and of who refuses one who has dialled without (RFC 8446, §5.1). */
    private static final int TLS_HANDSHAKE = 0x16;

    private static final int TLS_ALERT = 0x15;

    /** Magic and payload length. */
    public static final int PREFIX_BYTES = 10;

    private static final int PAYLOAD_BYTES = 16;

    public void write(ByteBuf out) {
        new WireWriter(out)
                .bytes(MAGIC)
                .u16(PAYLOAD_BYTES)
                .u64(supported.bits())
                .u64(required.bits());
    }

    /**
     * Checks whatever is there of a banner's start, so that a peer that speaks something else is told off by its first wrong
     * byte, not when ten have come.
     *
     * @param bytes the first readable bytes of the connection; borrowed, indices stay
     * @return the length of the payload, or -1 while fewer than {@value #PREFIX_BYTES} bytes are there
     */
    public static int payloadLength(ByteBuf bytes, Limits.Handshake limits) throws ProtocolException {
        int start = bytes.readerIndex();
        int available = Math.min(bytes.readableBytes(), PREFIX_BYTES);
        for (int i = 0; i < Math.min(available, MAGIC.length); i++) {
            if (bytes.getByte(start + i) != MAGIC[i]) {
                throw strangers(bytes, start, available);
            }
        }
        if (available < PREFIX_BYTES) {
            return -1;
        }
        int length = bytes.getUnsignedShortLE(start + MAGIC.length);
        if (length < PAYLOAD_BYTES) {
            throw new ProtocolException(
                            FaultKind.MALFORMED, "payload of " + length + " bytes, expected at least " + PAYLOAD_BYTES)
                    .inFrame("banner");
        }
        if (length > limits.bannerPayloadBytesMax()) {
            throw new ProtocolException(
                            FaultKind.LIMIT,
                            "payload of " + length + " bytes, at most " + limits.bannerPayloadBytesMax()
                                    + " are accepted")
                    .inFrame("banner");
        }
        return length;
    }

    /** Reads a payload whose length was checked. */
    public static Banner readPayload(WireReader in) throws ProtocolException {
        return new Banner(new BannerFeatures(in.u64("supported")), new BannerFeatures(in.u64("required")));
    }

    private static ProtocolException strangers(ByteBuf bytes, int start, int available) {
        String who;
        if (startsWith(bytes, start, available, MAGIC_MSGR1, 6)) {
            who = "the peer speaks msgr1 (a v1 address?)";
        } else if (startsWithHttpMethod(bytes, start, available)) {
            who = "the peer speaks HTTP";
        } else if (bytes.getUnsignedByte(start) == TLS_HANDSHAKE || bytes.getUnsignedByte(start) == TLS_ALERT) {
            who = "the peer speaks TLS";
        } else {
            who = "the peer does not speak msgr2";
        }
        return new ProtocolException(FaultKind.MALFORMED, who + ": it sent " + printable(bytes, start, available))
                .inFrame("banner");
    }

    /** @param least so many bytes must be there and agree */
    private static boolean startsWith(ByteBuf bytes, int start, int available, byte[] text, int least) {
        int compared = Math.min(available, text.length);
        if (compared < Math.min(least, text.length)) {
            return false;
        }
        for (int i = 0; i < compared; i++) {
            if (bytes.getByte(start + i) != text[i]) {
                return false;
            }
        }
        return true;
    }

    private static boolean startsWithHttpMethod(ByteBuf bytes, int start, int available) {
        for (String word : new String[] {"GET ", "POST ", "HEAD ", "PUT ", "OPTIONS ", "CONNECT ", "HTTP/"}) {
            if (startsWith(bytes, start, available, word.getBytes(StandardCharsets.US_ASCII), word.length())) {
                return true;
            }
        }
        return false;
    }

    private static String printable(ByteBuf bytes, int start, int available) {
        StringBuilder text = new StringBuilder("\"");
        for (int i = 0; i < available; i++) {
            int value = bytes.getUnsignedByte(start + i);
            if (value >= ' ' && value < 0x7f && value != '"' && value != '\\') {
                text.append((char) value);
            } else {
                text.append(String.format("\\x%02x", value));
            }
        }
        return text.append('"').toString();
    }
}
