package dev.udpfanout.loader.datapath.kernel.attach;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.Order;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What is wished of the order of programs on a hook.
 *
 * @param first whether ours is to run before all others
 * @param sample a frame with a datagram of a listener, to find out who takes such datagrams before ours
 */
record ChainWish(boolean first, byte[] sample) {
    /**
     * For the listeners of an interface; empty if there are none.
     *
     * @param ownAddress what stands for the wildcard that a listener is bound to
     */
    static Optional<ChainWish> of(List<ListenerConfig> listeners, Function<ListenerConfig, InetAddress> ownAddress) {
        return listeners.stream()
                .findFirst()
                .map(listener -> new ChainWish(
                        isFirst(listeners),
                        SampleDatagram.to(SampleDatagram.placeOf(listener.bind(), ownAddress.apply(listener)))));
    }

    /** Whether the wish of these listeners is that of those. */
    static boolean areAlike(List<ListenerConfig> these, List<ListenerConfig> those) {
        return isFirst(these) == isFirst(those)
                && these.stream()
                        .map(ListenerConfig::bind)
                        .findFirst()
                        .equals(those.stream().map(ListenerConfig::bind).findFirst());
    }

    private static boolean isFirst(List<ListenerConfig> listeners) {
        return listeners.stream().noneMatch(each -> each.order() == Order.KEEP);
    }
}
