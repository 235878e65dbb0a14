package dev.udpfanout.loader.doctor.network;

import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.diagnosis.Fix;
import dev.udpfanout.loader.doctor.facts.NodeFiles;
import dev.udpfanout.loader.doctor.facts.ServedListener;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Whether the kernel forwards: between interfaces for the dummy0 way, and from the interface where the program asks it.
 */
public final class ForwardingChecks {
    private static final int STRICT = 1;
    /** As /proc/net/route has it: of a route to one host. */
    private static final String HOST_MASK = "FFFFFFFF";

    private static final int ROUTE_INTERFACE = 0;
    private static final int ROUTE_MASK = 7;

    private final NodeFiles files;

    public ForwardingChecks(NodeFiles files) {
        this.files = files;
    }

    /**
     * Sockets need no forwarding. What comes in by a NIC is filtered by its source before kube-proxy and sockets see
     * it.
     */
    public List<Diagnosis> of(List<ServedListener> listeners) {
        List<Diagnosis> found = new ArrayList<>();
        List<ServedListener> ofKernel =
                listeners.stream().filter(each -> !each.isUserspace()).toList();
        if (ofKernel.stream().anyMatch(each -> each.isOnDummy() && !each.isIpv6())) {
            found.add(switchedOn("ip_forward", "ipv4/ip_forward"));
        }
        // Of IPv6 the kernel asks this one before it forwards, whatever the interfaces have: ip6_forward.
        if (ofKernel.stream().anyMatch(each -> each.isOnDummy() && each.isIpv6())) {
            found.add(switchedOn("ip_forward", "ipv6/conf/all/forwarding"));
        }
        if (listeners.stream().anyMatch(each -> (each.isOnDummy() || each.isUserspace()) && !each.isIpv6())) {
            found.add(reversePath());
        }
        ofKernel.stream()
                .flatMap(each -> each.interfaces().stream()
                        .map(name -> "ipv%d/conf/%s/forwarding".formatted(each.isIpv6() ? 6 : 4, name)))
                .distinct()
                .forEach(setting -> found.add(switchedOn("interface_forwarding", setting)));
        return found;
    }

    private Diagnosis switchedOn(String check, String setting) {
        String name = "net." + setting.replace('/', '.');
        OptionalLong value = files.setting(setting);
        if (value.isEmpty()) {
            return Diagnosis.notChecked(check, name + " is not there", "is the interface there? ip -brief link");
        }
        return value.getAsLong() == 0
                ? Diagnosis.problem(
                                check,
                                name + " is 0",
                                "the kernel does not forward, so no receiver gets anything",
                                "sysctl -w " + name + "=1")
                        .with(new Fix("set " + name + " to 1", () -> files.set(setting, 1)))
                : Diagnosis.ok(check, name + " is " + value.getAsLong());
    }

    /**
     * A strict filter drops what comes by another interface than the answer would go by: before kube-proxy, uncounted.
     */
    private Diagnosis reversePath() {
        List<String> strict = files.lines("net/route").stream()
                .skip(1)
                .map(line -> line.strip().split("\\s+"))
                .filter(fields -> fields.length > ROUTE_MASK && !fields[ROUTE_MASK].equals(HOST_MASK))
                .map(fields -> fields[ROUTE_INTERFACE])
                .distinct()
                .filter(name -> reversePath(name) == STRICT)
                .toList();
        if (strict.isEmpty()) {
            return Diagnosis.ok("rp_filter", "not strict on any interface with a route");
        }
        return Diagnosis.warning(
                "rp_filter",
                "strict on " + String.join(", ", strict),
                "datagrams of senders that are reached by another interface are dropped",
                strict.stream()
                        .map(name -> "sysctl -w net.ipv4.conf." + name + ".rp_filter=2")
                        .collect(Collectors.joining(
                                "; ",
                                "udp-fanout trace --to VIP:PORT --from SENDER shows whether it hits one; if so: ",
                                "")));
    }

    /** The kernel takes the larger one: ip-sysctl.rst, rp_filter. */
    private long reversePath(String interfaceName) {
        return Math.max(
                files.setting("ipv4/conf/all/rp_filter").orElse(0),
                files.setting("ipv4/conf/" + interfaceName + "/rp_filter").orElse(0));
    }
}
