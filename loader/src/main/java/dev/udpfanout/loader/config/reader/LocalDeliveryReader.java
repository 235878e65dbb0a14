package dev.udpfanout.loader.config.reader;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.Hook;
import dev.udpfanout.loader.config.ListenerConfig.Mode;
import dev.udpfanout.loader.config.ReceiverSet.LocalDelivery;
import dev.udpfanout.loader.config.yaml.Section;

/** Reads {@code local_delivery}, and checks that it is possible where the listener stands. */
final class LocalDeliveryReader {
    private static final String KEY = "local_delivery";

    private LocalDeliveryReader() {}

    static LocalDelivery read(Section listener) {
        return listener.choice(KEY, LocalDelivery.class, LocalDelivery.NEIGH);
    }

    /** What fits neither the hook nor the mode. */
    static void check(ListenerConfig listener, Section section) {
        if (listener.receivers().localDelivery() != LocalDelivery.PEER) {
            return;
        }
        if (listener.isOnDummyInterface() && listener.hook() == Hook.EGRESS) {
            section.problem(
                    KEY,
                    "peer works at ingress only, since the kernel lets no packet into a pod from an egress hook;"
                            + " use hook: ingress, or neigh");
        }
        if (listener.mode() == Mode.USERSPACE) {
            section.problem(
                    KEY, "peer is for the kernel path; in user space datagrams are sent by a socket. Use neigh");
        }
    }
}
