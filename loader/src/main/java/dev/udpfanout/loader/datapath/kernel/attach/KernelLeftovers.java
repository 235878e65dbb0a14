package dev.udpfanout.loader.datapath.kernel.attach;

import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.datapath.network.firewall.Firewall;
import dev.udpfanout.loader.datapath.network.firewall.Opening;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes what a kernel datapath of an earlier process has left, for a process that may not be able to use bpf(2). */
public final class KernelLeftovers {
    private static final Logger LOG = LoggerFactory.getLogger(KernelLeftovers.class);

    private KernelLeftovers() {}

    /**
     * Whether there are pins of maps or links, or, from a process that could pin nothing, filters on hooks in the
     * calling thread's network namespace.
     *
     * @param pinDirectory where the earlier process had its pins
     */
    public static boolean arePresent(Path pinDirectory) {
        if (Pins.areIn(pinDirectory)) {
            return true;
        }
        try (Network network = Network.open()) {
            return Leftovers.hasFilters(network);
        }
    }

    /**
     * Takes away pins, programs, routes and rules of the firewall in the calling thread's network namespace; what
     * cannot be is logged.
     *
     * @param pinDirectory where the earlier process had its pins
     */
    public static void removeWhatIsPossible(Path pinDirectory) {
        try (Network network = Network.open()) {
            // A TCX link that only its pin holds goes with the pin: that takes no bpf(2).
            Pins.removeAll(pinDirectory);
            // Not the interfaces: a dummy interface of ours is in use.
            Leftovers.removeAllBut(network, List.of(), Set.of());
            Leftovers.removeReplies(network, Set.of());
            Leftovers.removeIcmp(network, Set.of());
            Firewall.removeLeftovers(Opening.Hook.FORWARD);
        } catch (RuntimeException | LinkageError e) {
            LOG.debug("failed to search for all leftovers of an earlier process: {}", e.toString());
        }
    }
}
