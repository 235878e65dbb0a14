package dev.udpfanout.bench.contestant;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Which CPU does what: the sender has one, receivers and forwarders in user space have the next. */
public final class Cpus {
    /** The sender's. The kernel's forwarding runs here too: a veth's softirq runs on the CPU that sent. */
    public static final int SENDER = 0;

    /** Receivers' and user-space forwarders'. */
    public static final int RECEIVER = 1;

    /** With fewer, a receiver that polls without end keeps a forwarder in user space from its CPU. */
    public static final int TO_POLL_BESIDE_A_FORWARDER = 3;

    private Cpus() {}

    static String[] pinned(int cpu, Path program, InetSocketAddress bind, List<InetSocketAddress> endpoints) {
        List<String> command = new ArrayList<>(List.of(
                "taskset",
                "-c",
                Integer.toString(cpu),
                program.toString(),
                bind.getAddress().getHostAddress(),
                Integer.toString(bind.getPort())));
        endpoints.forEach(endpoint -> command.add(endpoint.getAddress().getHostAddress() + ":" + endpoint.getPort()));
        return command.toArray(String[]::new);
    }
}
