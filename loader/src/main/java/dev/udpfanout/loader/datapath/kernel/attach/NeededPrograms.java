package dev.udpfanout.loader.datapath.kernel.attach;

import dev.udpfanout.bindings.libbpf.HookPoint;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.Hook;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.network.Network;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which of our programs there must be for what, by name. */
public final class NeededPrograms {
    private NeededPrograms() {}

    /**
     * Those that listeners are sure to need, as the interfaces are at this moment: a kernel that refuses one is found
     * out before anything is attached. What an interface that comes later needs, or an endpoint behind one without link
     * layer, is left out.
     */
    public static Set<String> of(List<ListenerConfig> listeners, Network network) {
        Set<String> names = new HashSet<>();
        for (ListenerConfig listener : listeners) {
            AttachPoint.Key.of(listener).forEach(key -> {
                boolean ethernet = key.isDummy()
                        || network.links()
                                .byName(key.interfaceName())
                                .map(Link::hasEthernetHeader)
                                .orElse(true);
                names.addAll(onHooks(key, ethernet).values());
            });
            if (listener.namedInterfaces().size() < listener.interfaces().size()) {
                names.add(KernelProgram.REWRITE);
            }
            if (listener.replies()) {
                names.add(KernelProgram.REPLY);
            }
        }
        return names;
    }

    /** Those on an interface's hooks. */
    static Map<HookPoint, String> onHooks(AttachPoint.Key key, boolean ethernet) {
        if (!key.isDummy()) {
            return Map.of(HookPoint.INGRESS, ethernet ? KernelProgram.REWRITE : KernelProgram.REWRITE_L3);
        }
        return key.hook() == Hook.EGRESS
                ? Map.of(HookPoint.EGRESS, KernelProgram.REWRITE_AT_EGRESS)
                : new EnumMap<>(Map.of(HookPoint.INGRESS, KernelProgram.REWRITE, HookPoint.EGRESS, KernelProgram.TURN));
    }
}
