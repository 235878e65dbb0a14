package dev.udpfanout.loader.datapath.mode;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.SwitchableDatapath;
import java.util.List;
import java.util.Optional;

/** Opens the datapaths that modes stand for; each only when a listener needs it. */
public interface Backends {
    /**
     * Opens the kernel datapath; nothing is attached yet.
     *
     * @throws KernelRefusedException if it cannot be had here
     */
    SwitchableDatapath openKernel(List<ListenerConfig> listeners);

    /** Opens the datapath in user space; no socket is open yet. */
    SwitchableDatapath openUserspace(List<ListenerConfig> listeners);

    /** Why the kernel path failed, in words; empty if what failed does not mean that it is lost for good. */
    Optional<String> refusal(RuntimeException failure);

    /**
     * Whether a kernel datapath of an earlier process has left something, be it at work or not; to be asked before
     * {@link #openKernel}, which adds to it.
     */
    boolean hasKernelLeftovers();

    /** Takes away what a kernel datapath of an earlier process has left, as far as this process may. */
    void removeKernelLeftovers();

    /**
     * Takes away what a datapath in user space of an earlier process has left.
     *
     * @param inUserspace the listeners that are there now; what is theirs stays
     */
    void removeUserspaceLeftovers(List<ListenerConfig> inUserspace);
}
