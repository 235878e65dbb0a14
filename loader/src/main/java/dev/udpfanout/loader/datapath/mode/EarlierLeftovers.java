package dev.udpfanout.loader.datapath.mode;

import dev.udpfanout.loader.config.ListenerConfig;
import java.util.List;

/** What an earlier process has left: each datapath's is taken away once. */
final class EarlierLeftovers {
    private final Backends backends;
    private boolean kernelRemoved;
    private boolean userspaceRemoved;

    EarlierLeftovers(Backends backends) {
        this.backends = backends;
    }

    /** For a process without a kernel datapath: one removes what it does not go on with itself. */
    void removeOfKernel() {
        if (!kernelRemoved) {
            backends.removeKernelLeftovers();
            kernelRemoved = true;
        }
    }

    /** @param inUserspace the listeners whose routes stay */
    void removeOfUserspace(List<ListenerConfig> inUserspace) {
        if (!userspaceRemoved) {
            backends.removeUserspaceLeftovers(inUserspace);
            userspaceRemoved = true;
        }
    }
}
