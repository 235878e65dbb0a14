package dev.udpfanout.loader.config.reader;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.Hook;
import dev.udpfanout.loader.config.ListenerConfig.Interception;
import dev.udpfanout.loader.config.ListenerConfig.Mode;
import dev.udpfanout.loader.config.ReceiverSet.LocalDelivery;
import dev.udpfanout.loader.config.yaml.Section;

/** Reads {@code local_delivery}, and checks that it is possible where the listener stands. */
final class LocalDeliveryReader {
    private static final String KEY = "local_delivery";

    private LocalDeliveryReader() {}

    /** What is asked for; where there is no way straight into a pod, {@code auto} means the next hop. */
    static LocalDelivery read(Section listener, Interception interception) {
        LocalDelivery asked = listener.choice(KEY, LocalDelivery.class, LocalDelivery.AUTO);
        boolean isPossible = interception.mode() != Mode.USERSPACE && interception.hook() != Hook.EGRESS;
        return asked == LocalDelivery.AUTO && !isPossible ? LocalDelivery.NEIGH : asked;
    }

    /** What fits neither the hook nor the mode. */
    static void check(ListenerConfig listener, Section section) {
        if (listener.receivers().localDelivery() != LocalDelivery.PEER) {
            return;
        }
        if (listener.isOnDummyInterface() && listener.hook() == Hook.EGRESS) {
            section.problem(
                    KEY,
                    "peer needs hook: ingress, because the kernel does not redirect into a pod from egress;"
                            + " use hook: ingress, or auto");
        }
        if (listener.mode() == Mode.USERSPACE) {
            section.problem(KEY, "peer works in the kernel only, because user space sends by a socket; use auto");
        }
    }
}
