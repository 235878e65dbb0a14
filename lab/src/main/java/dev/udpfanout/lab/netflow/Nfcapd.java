package dev.udpfanout.lab.netflow;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.process.LabProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** nfcapd, and nfdump to read what it has written: Debian's package nfdump. */
final class Nfcapd implements Collector {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String SOCKET_BUFFER_BYTES = "4000000";

    private final LabNamespace pod;
    private final Path flows;
    private final LabProcess process;

    /** @param flows an empty folder of its own */
    Nfcapd(LabNamespace pod, int port, boolean ipv6, Path flows) {
        this.pod = pod;
        this.flows = flows;
        this.process = pod.start(
                "nfcapd",
                ipv6 ? "-6" : "-4",
                "-p",
                Integer.toString(port),
                "-B",
                SOCKET_BUFFER_BYTES,
                "-w",
                flows.toString());
    }

    @Override
    public Kind kind() {
        return Kind.NFCAPD;
    }

    @Override
    public Decoded finish() {
        process.signal("TERM");
        process.awaitExit(LIMIT);
        Decoded decoded = new Decoded();
        pod.exec("nfdump", "-R", flows.toString(), "-q", "-N", "-o", "fmt:%sp,%dp,%pkt")
                .lines()
                .map(line -> line.split(","))
                .filter(fields -> fields.length == 3)
                .forEach(fields -> add(decoded, value(fields[0]), value(fields[1]), value(fields[2])));
        return decoded;
    }

    /** A record whose packets were not multiplied as its exporter's options data say is no right one. */
    private static void add(Decoded decoded, int sourcePort, int destinationPort, int packets) {
        int number = FlowNumbers.ofPorts(sourcePort, destinationPort);
        if (packets == FlowNumbers.packets(number)) {
            decoded.add(number, 1);
        } else {
            decoded.addWrong(number);
        }
    }

    private static int value(String text) {
        return Integer.parseInt(text.strip());
    }

    /** Its last line counts records and what it calls sequence errors. */
    @Override
    public String remarks() {
        List<String> said = process.lines().stream()
                .filter(line -> line.contains("Sequence Errors") || line.contains("rror:"))
                .toList();
        return said.stream().skip(Math.max(0, said.size() - 2)).collect(Collectors.joining("; "));
    }

    @Override
    public void close() {
        process.close();
    }
}
