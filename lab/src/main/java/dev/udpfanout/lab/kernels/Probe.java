package dev.udpfanout.lab.kernels;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What the daemon's {@code probe} finds on this kernel.
 *
 * @param output its lines
 */
record Probe(String output) {
    /** The transports of the user-space forwarder. */
    static final List<WayIn> TRANSPORTS = List.of(WayIn.IO_URING, WayIn.EPOLL, WayIn.NIO);

    /** Runs it and prints what it says. */
    static Probe of(Daemon daemon) {
        try (Cluster cluster = new Cluster()) {
            Probe probe = new Probe(daemon.output(cluster, "probe"));
            System.out.println(probe.output);
            return probe;
        }
    }

    /** Whether the verifier accepts all programs, and the daemon would use them. */
    Outcome verified() {
        boolean chosen = output.contains("mode: auto means tc_ebpf");
        return new Outcome(
                isPresent("load program udp_fanout") && chosen,
                chosen ? "the verifier accepts all programs, and mode: auto means tc_ebpf" : "see its output above");
    }

    /** Whether it has found a transport, in whichever form. */
    boolean isPresent(WayIn transport) {
        String capability = "transport " + transport.transport();
        return isPresent(capability) || transport == WayIn.IO_URING && isPresent(capability + "_single_shot");
    }

    private boolean isPresent(String capability) {
        String line = "(?m)^" + Pattern.quote(capability) + " +%s\\b";
        boolean present = Pattern.compile(line.formatted("yes")).matcher(output).find();
        if (!present && !Pattern.compile(line.formatted("no")).matcher(output).find()) {
            throw new IllegalStateException("probe says nothing of " + capability);
        }
        return present;
    }
}
