package dev.udpfanout.loader.datapath.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Which interfaces hand up IPv6 that came in fragments as one packet, larger than any frame: bridges, while the sysctl
 * {@code bridge-nf-call-ip6tables} has their netfilter do so (net/bridge/br_netfilter_ipv6.c). As it was when this was
 * made, and each interface when it was first asked for; belongs to the network's thread.
 */
public final class BridgeReassembly {
    private static final Path SYSCTL = Path.of("/proc/sys/net/bridge/bridge-nf-call-ip6tables");

    private final Network network;
    private final boolean isOn;
    /** Thousands of listeners ask for the same few interfaces. */
    private final Map<Integer, Boolean> bridges = new HashMap<>();

    public BridgeReassembly(Network network) {
        this.network = network;
        this.isOn = read();
    }

    /** Whether fragments of IPv6 that come by the interface are put together before the stack sees them. */
    public boolean isOn(int ifindex) {
        return isOn && bridges.computeIfAbsent(ifindex, this::isBridge);
    }

    private boolean isBridge(int ifindex) {
        return network.links()
                .byIndex(ifindex)
                .filter(link -> link.kind().equals("bridge"))
                .isPresent();
    }

    /** Without the module br_netfilter there is no such sysctl. */
    private static boolean read() {
        try {
            return !Files.readAllLines(SYSCTL).getFirst().strip().equals("0");
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new IllegalStateException("failed to read " + SYSCTL + ": " + e.getMessage(), e);
        }
    }
}
