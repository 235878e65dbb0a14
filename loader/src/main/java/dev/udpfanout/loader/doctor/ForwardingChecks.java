package dev.udpfanout.loader.doctor;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.ListenerConfig;
import java.net.Inet6Address;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Whether the kernel forwards: between interfaces for the dummy0 way, and from the interface where the program asks it.
 */
final class ForwardingChecks {
    private static final int STRICT = 1;
    /** As /proc/net/route has it: of a route to one host. */
    private static final String HOST_MASK = "FFFFFFFF";

    private static final int ROUTE_INTERFACE = 0;
    private static final int ROUTE_MASK = 7;

    private final NodeFiles files;

    ForwardingChecks(NodeFiles files) {
        this.files = files;
    }

    List<Diagnosis> of(Config config) {
        List<Diagnosis> found = new ArrayList<>();
        if (config.listeners().stream().anyMatch(each -> each.isOnDummyInterface() && !isIpv6(each))) {
            found.add(switchedOn("ip_forward", "ipv4/ip_forward"));
            found.add(reversePath());
        }
        config.listeners().stream()
                .flatMap(each -> each.interfaces().stream()
                        .map(name -> "ipv%d/conf/%s/forwarding".formatted(isIpv6(each) ? 6 : 4, name)))
                .distinct()
                .forEach(setting -> found.add(switchedOn("interface_forwarding", setting)));
        return found;
    }

    private static boolean isIpv6(ListenerConfig listener) {
        return listener.bind().getAddress() instanceof Inet6Address;
    }

    private Diagnosis switchedOn(String check, String setting) {
        String name = "net." + setting.replace('/', '.');
        OptionalLong value = files.setting(setting);
        if (value.isEmpty()) {
            return Diagnosis.notChecked(check, name + " is not there", "is the interface? See: udp-fanout status");
        }
        return value.getAsLong() == 0
                ? Diagnosis.problem(check, name + " is 0: the kernel does not forward", "sysctl -w " + name + "=1")
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
                "strict on " + String.join(", ", strict)
                        + ": datagrams of senders that are reached by another interface are dropped",
                strict.stream()
                        .map(name -> "sysctl -w net.ipv4.conf." + name + ".rp_filter=2")
                        .collect(Collectors.joining("; ", "if that can be: ", "")));
    }

    /** The kernel takes the larger one: ip-sysctl.rst, rp_filter. */
    private long reversePath(String interfaceName) {
        return Math.max(
                files.setting("ipv4/conf/all/rp_filter").orElse(0),
                files.setting("ipv4/conf/" + interfaceName + "/rp_filter").orElse(0));
    }
}
