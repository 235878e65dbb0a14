package dev.udpfanout.loader.daemon;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ShutdownConfig.OnExit;
import dev.udpfanout.loader.datapath.Datapath;
import dev.udpfanout.loader.datapath.ListenerState;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Whether a daemon that stops tells Kubernetes that its node is on its way out. */
final class Departure {
    /** For how long a daemon that stops waits until Kubernetes has been told. */
    static final Duration WITHDRAW_TIMEOUT = Duration.ofSeconds(2);

    private Departure() {}

    /**
     * It does, but where that alone would lose datagrams: kube-proxy before 1.26 drops what comes to a node that is
     * withdrawn, while the kernel, with {@code on_exit: keep}, would have forwarded it all the time.
     *
     * @param servesTerminatingEndpoints whether kube-proxy does not drop it; asked only if that decides
     */
    static boolean isAnnounced(Config config, Datapath datapath, BooleanSupplier servesTerminatingEndpoints) {
        return config.shutdown().onExit() != OnExit.KEEP
                || !isAllInKernel(config, datapath)
                || servesTerminatingEndpoints.getAsBoolean();
    }

    /** Tells it, and waits a little until it is told; false if it is not told. */
    static boolean announce(Config config, Datapath datapath, Optional<KubernetesSources> kubernetes) {
        Optional<KubernetesSources> publishing = kubernetes
                .filter(KubernetesSources::publishes)
                .filter(each -> isAnnounced(config, datapath, each::servesTerminatingEndpoints));
        publishing.ifPresent(each -> each.withdraw(WITHDRAW_TIMEOUT));
        return publishing.isPresent();
    }

    private static boolean isAllInKernel(Config config, Datapath datapath) {
        return config.listeners().stream()
                .filter(listener -> listener.publish().isPresent())
                .map(ListenerConfig::name)
                .map(datapath::state)
                .allMatch(state -> state.attached() && state.mode().equals(ListenerState.TC_EBPF));
    }
}
