package dev.udpfanout.bench.contestant;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the build has made: programs that the bench starts.
 *
 * @param daemon the distribution's {@code bin/udp-fanout}
 * @param directory where the C programs and the probe are
 */
public record Programs(Path daemon, Path directory) {
    /** @throws IllegalStateException that says what to do if one is missing */
    public Programs {
        for (Path program : List.of(
                daemon,
                directory.resolve("mmsg_forwarder"),
                directory.resolve("reuseport_hash"),
                directory.resolve("udp_flood"),
                directory.resolve("table_swap"),
                directory.resolve("hop_probe.bpf.o"),
                directory.resolve("packet_driver.bpf.o"))) {
            if (!Files.exists(program)) {
                throw new IllegalStateException("no " + program + ": run \"make build\" first");
            }
        }
    }

    /** The plain C forwarder: ADDRESS PORT ENDPOINT... */
    public Path forwarder() {
        return directory.resolve("mmsg_forwarder");
    }

    /** What makes a process's sockets share a port by the kernel's hash: PID PORT. */
    public Path reuseportHash() {
        return directory.resolve("reuseport_hash");
    }

    /** The sender without a pause: ADDRESS PORT PAYLOAD_BYTES MILLISECONDS. */
    public Path flood() {
        return directory.resolve("udp_flood");
    }

    /** The swap of an endpoint table in C: ENDPOINTS ROUNDS. */
    public Path tableSwap() {
        return directory.resolve("table_swap");
    }

    /** The eBPF program that gives another one a new packet in each test run. */
    public Path packetDriver() {
        return directory.resolve("packet_driver.bpf.o");
    }

    /** The eBPF program that notes when datagrams pass. */
    public Path hopProbe() {
        return directory.resolve("hop_probe.bpf.o");
    }
}
