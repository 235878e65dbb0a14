package dev.udpfanout.loader.doctor.network;

import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.facts.NodeFiles;
import dev.udpfanout.loader.doctor.facts.ServedListener;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Whether bridges have netfilter put fragments together ({@code bridge-nf-call-ip6tables}), where that loses datagrams:
 * over IPv6, answers of receivers through a dummy interface, and copies of what a pod sends. IPv4 is cut again by the
 * stack, and a bridge's netfilter sees nothing of what the program sends on. docs/replies.md, docs/spreading.md.
 */
public final class BridgeNetfilterCheck {
    private static final String CHECK = "bridge_netfilter";
    private static final String SETTING = "bridge/bridge-nf-call-ip6tables";
    private static final String NAME = "net.bridge.bridge-nf-call-ip6tables";

    private BridgeNetfilterCheck() {}

    /** Nothing where no listener minds. */
    public static Optional<Diagnosis> of(List<ServedListener> listeners, NodeFiles files) {
        boolean hasAnswers = listeners.stream()
                .anyMatch(each ->
                        isOfKernel6(each) && each.isOnDummy() && each.config().replies());
        boolean hasCopies = listeners.stream()
                .anyMatch(each -> isOfKernel6(each)
                        && !each.isOnDummy()
                        && each.config().receivers().policy().copies());
        if (!hasAnswers && !hasCopies) {
            return Optional.empty();
        }
        OptionalLong value = files.setting(SETTING);
        if (value.isEmpty()) {
            return Optional.of(Diagnosis.ok(CHECK, "br_netfilter is not loaded"));
        }
        if (value.getAsLong() == 0) {
            return Optional.of(Diagnosis.ok(CHECK, NAME + " is 0"));
        }
        return Optional.of(Diagnosis.warning(
                CHECK,
                NAME + " is " + value.getAsLong(),
                hasAnswers
                        ? "a bridge puts receivers' answers over IPv6 together that come in fragments, and they are lost"
                        : "a bridge puts a pod's datagrams over IPv6 together that come in fragments, and their copies"
                                + " are lost",
                hasAnswers
                        ? "bind: \"[vip]:PORT\" of the listener, or answers of 1232 bytes at most"
                        : "send at most one frame's worth at once, or sysctl -w " + NAME
                                + "=0 if nobody else needs it"));
    }

    private static boolean isOfKernel6(ServedListener listener) {
        return listener.isIpv6() && !listener.isUserspace();
    }
}
