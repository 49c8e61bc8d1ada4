package org.msgr2.core.message;

import io.netty.buffer.ByteBuf;
import org.msgr2.core.wire.WireException;

/**
 * header2, the first segment of a MESSAGE frame: 41 bytes, packed (spec/msgr2 §2.2).
 *
 * <pre>
 * 0 u64 seq | 8 u64 tid | 16 u16 type | 18 u16 priority | 20 u16 version | 22 u32 data_pre_padding_len
 * 26 u16 data_off | 28 u64 ack_seq | 36 u8 flags | 37 u16 compat_version | 39 u16 reserved
 * </pre>
 *
 * @param seq the message's number in its session, from 1; assigned when it is written
 * @param tid the transaction id: a reply carries its request's
 * @param type see {@link MessageType}
 * @param priority see {@link Priority}
 * @param version encoding version of the body
 * @param dataPrePaddingLength always 0 today; u32 as its bits
 * @param dataOffset where the data would lie in its page: a hint that does not change the bytes
 * @param ackSeq the last message that the sender has received
 * @param flags see {@link #FLAGS_SENT}
 * @param compatVersion the oldest decoder that can read the body; 0 means {@code version}
 * @param reserved 0
 */
public record MessageHeader(
        long seq,
        long tid,
        int type,
        int priority,
        int version,
        int dataPrePaddingLength,
        int dataOffset,
        long ackSeq,
        int flags,
        int compatVersion,
        int reserved) {
    public static final int BYTES = 41;

    /** COMPLETE | NOCRC: what Ceph's daemons send, since frame crcs replaced message crcs. */
    public static final int FLAGS_SENT = 0x3;

    /** The same header for a message that has not travelled. */
    public MessageHeader unsent() {
        return new MessageHeader(
                0, tid, type, priority, version, dataPrePaddingLength, dataOffset, 0, flags, compatVersion, reserved);
    }

    /**
     * To be asked before the body is read: whether a decoder can (spec/msgr2 §7.5).
     *
     * @param newest the newest version of the body that the decoder knows
     * @throws WireException if the body needs a newer one
     */
    public void requireReadable(int newest) throws WireException {
        int oldest = compatVersion == 0 ? version : compatVersion;
        if (oldest > newest) {
            throw new WireException(MessageType.toString(type) + ": needs a decoder of version " + oldest
                    + ", ours is of version " + newest);
        }
    }

    /** Reads the first 41 readable bytes; a longer segment is a newer header, whose rest is ignored. The buffer is borrowed. */
    public static MessageHeader read(ByteBuf in) throws WireException {
        int at = in.readerIndex();
        if (in.readableBytes() < BYTES) {
            throw new WireException("header2: " + in.readableBytes() + " bytes, expected at least " + BYTES);
        }
        return new MessageHeader(
                in.getLongLE(at),
                in.getLongLE(at + 8),
                in.getUnsignedShortLE(at + 16),
                in.getUnsignedShortLE(at + 18),
                in.getUnsignedShortLE(at + 20),
                in.getIntLE(at + 22),
                in.getUnsignedShortLE(at + 26),
                in.getLongLE(at + 28),
                in.getUnsignedByte(at + 36),
                in.getUnsignedShortLE(at + 37),
                in.getUnsignedShortLE(at + 39));
    }

    /** Appends 41 bytes. The buffer is borrowed. */
    public void write(ByteBuf out) {
        write(out, seq, ackSeq);
    }

    /** Appends 41 bytes with the sequence numbers that are assigned when the frame is written. The buffer is borrowed. */
    public void write(ByteBuf out, long writtenSeq, long writtenAckSeq) {
        out.writeLongLE(writtenSeq)
                .writeLongLE(tid)
                .writeShortLE(type)
                .writeShortLE(priority)
                .writeShortLE(version)
                .writeIntLE(dataPrePaddingLength)
                .writeShortLE(dataOffset)
                .writeLongLE(writtenAckSeq)
                .writeByte(flags)
                .writeShortLE(compatVersion)
                .writeShortLE(reserved);
    }
}
