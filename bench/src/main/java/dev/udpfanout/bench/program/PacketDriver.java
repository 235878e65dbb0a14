package dev.udpfanout.bench.program;

import dev.udpfanout.bindings.libbpf.BpfObject;
import dev.udpfanout.bindings.libbpf.BpfProgram;
import dev.udpfanout.bindings.map.ArrayMap;
import dev.udpfanout.bindings.map.Codec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a program by BPF_PROG_TEST_RUN on packets that take turns, one a repetition: packet_driver.bpf.c. Each
 * repetition finds a packet as it comes in, whatever the program has made of the one before.
 */
final class PacketDriver implements AutoCloseable {
    /** Of packet_driver.bpf.c. */
    private static final int HEADER_BYTES = 48;

    private static final int ETHERNET_BYTES = 14;
    private static final Codec<MemorySegment> HEADERS =
            Codec.raw(MemoryLayout.sequenceLayout(HEADER_BYTES / Long.BYTES, ValueLayout.JAVA_LONG));

    private final BpfObject object;
    private final BpfProgram drive;
    private final ArrayMap<Long> range;
    private final ArrayMap<Integer> driven;
    private final List<byte[]> packets = new ArrayList<>();

    private PacketDriver(BpfObject object) {
        this.object = object;
        this.drive = object.program("udp_fanout_drive");
        this.range = new ArrayMap<>(object.map("RANGE"), Codec.U64);
        this.driven = new ArrayMap<>(object.map("DRIVEN"), Codec.U32);
    }

    /** @param elf what packet_driver.bpf.c was compiled to */
    static PacketDriver load(Path elf) {
        try {
            BpfObject object = BpfObject.open(Files.readAllBytes(elf), "packet_driver");
            object.load();
            return new PacketDriver(object);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The driver itself. */
    BpfProgram drive() {
        return drive;
    }

    /** The program that does nothing. */
    BpfProgram none() {
        return object.program("udp_fanout_none");
    }

    /** One store and a redirect. */
    BpfProgram floor() {
        return object.program("udp_fanout_floor");
    }

    /**
     * Adds packets.
     *
     * @param frames at least 62 bytes each
     * @return the index of the first
     */
    int add(List<byte[]> frames) {
        int first = packets.size();
        packets.addAll(frames);
        ArrayMap<MemorySegment> headers = new ArrayMap<>(object.map("HEADERS"), HEADERS);
        headers.putAll(packets.stream().map(PacketDriver::header).toList());
        return first;
    }

    private static MemorySegment header(byte[] frame) {
        return MemorySegment.ofArray(frame).asSlice(ETHERNET_BYTES, HEADER_BYTES);
    }

    /** Chooses the packets that take turns, and the program that gets them. */
    void aim(int first, int count, BpfProgram program) {
        // The struct's two words, in the byte order of the hosts that we know.
        range.put(0, (long) count << Integer.SIZE | first);
        driven.put(0, program.fd());
    }

    /**
     * Runs what was chosen, in the calling thread's network namespace.
     *
     * @param ifindex by which interface the packets seem to come in
     * @param frame the first of the packets: link-layer header and payload are those of all
     */
    BpfProgram.TestRun run(int ifindex, byte[] frame, int repeat) {
        return drive.testRunOn(ifindex, frame, repeat);
    }

    @Override
    public void close() {
        object.close();
    }
}
