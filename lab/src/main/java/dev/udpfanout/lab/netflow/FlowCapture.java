package dev.udpfanout.lab.netflow;

import dev.udpfanout.lab.frames.UdpFrame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files as tcpdump writes them, for exporters that read them. Source: pcap-savefile(5). */
public final class FlowCapture {
    private static final int MAGIC = 0xa1b2c3d4;
    private static final int SNAPSHOT_BYTES = 65_535;
    private static final int ETHERNET = 1;
    private static final int FILE_HEADER_BYTES = 24;
    private static final int MAX_RECORD_BYTES = 200;
    private static final int BEGAN_SECS = 1_700_000_000;

    private FlowCapture() {}

    /**
     * A capture of a datagram each from one port to so many.
     *
     * @param sourcePort of all
     * @param firstPort where the first one goes; each further one goes to the next port
     */
    public static Path ofFlows(Path file, int sourcePort, int firstPort, int flows) {
        ByteBuffer capture = ByteBuffer.allocate(FILE_HEADER_BYTES + flows * MAX_RECORD_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        capture.putInt(MAGIC).putShort((short) 2).putShort((short) 4).putLong(0);
        capture.putInt(SNAPSHOT_BYTES).putInt(ETHERNET);
        for (int i = 0; i < flows; i++) {
            byte[] frame = UdpFrame.between(
                            new InetSocketAddress("192.0.2.1", sourcePort),
                            new InetSocketAddress("192.0.2.2", firstPort + i))
                    .payload(new byte[32])
                    .build();
            capture.putInt(BEGAN_SECS + i / 100).putInt(i % 100 * 1000);
            capture.putInt(frame.length).putInt(frame.length).put(frame);
        }
        byte[] written = new byte[capture.flip().remaining()];
        capture.get(written);
        try {
            return Files.write(file, written);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
