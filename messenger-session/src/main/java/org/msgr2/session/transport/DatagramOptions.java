package org.msgr2.session.transport;

import org.msgr2.core.wire.Limits;

/**
 * Bounds of a datagram socket. One batch takes {@code receiveBytesMax * batchMax} bytes of memory while it is received.
 *
 * @param receiveBytesMax a datagram that is longer is counted, and dropped or cut
 * @param batchMax datagrams that are received and told of together, at most
 * @param queuedMax datagrams to be sent that wait for the kernel; beyond, they are dropped and counted
 * @param kernelBytes what the kernel is asked to keep of what has come and was not received; 0 leaves it to the kernel
 * @param longerCut of a longer datagram the owner is told its first {@code receiveBytesMax} bytes, as from a plain read;
 *     otherwise nothing
 */
public record DatagramOptions(int receiveBytesMax, int batchMax, int queuedMax, int kernelBytes, boolean longerCut) {

    public DatagramOptions {
        if (receiveBytesMax < 1 || receiveBytesMax > DatagramHandle.PAYLOAD_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "receiveBytesMax must be 1 to " + DatagramHandle.PAYLOAD_BYTES_MAX + ": " + receiveBytesMax);
        }
        if (batchMax < 1 || queuedMax < 1 || kernelBytes < 0) {
            throw new IllegalArgumentException("batchMax and queuedMax must be at least 1, kernelBytes at least 0: "
                    + batchMax + ", " + queuedMax + ", " + kernelBytes);
        }
    }

    /** What the messenger's limits say. */
    public static DatagramOptions of(Limits limits) {
        Limits.Services bounds = limits.services();
        return new DatagramOptions(
                bounds.datagramBytesMax(), bounds.datagramBatchMax(), bounds.datagramsQueuedMax(), 0, false);
    }

    /** With other sizes of what is received. */
    public DatagramOptions withReceive(int bytesMax, int batch) {
        return new DatagramOptions(bytesMax, batch, queuedMax, kernelBytes, longerCut);
    }

    public DatagramOptions withQueuedMax(int datagrams) {
        return new DatagramOptions(receiveBytesMax, batchMax, datagrams, kernelBytes, longerCut);
    }

    public DatagramOptions withKernelBytes(int bytes) {
        return new DatagramOptions(receiveBytesMax, batchMax, queuedMax, bytes, longerCut);
    }

    /** With the beginnings of longer datagrams. */
    public DatagramOptions withLongerCut() {
        return new DatagramOptions(receiveBytesMax, batchMax, queuedMax, kernelBytes, true);
    }
}
