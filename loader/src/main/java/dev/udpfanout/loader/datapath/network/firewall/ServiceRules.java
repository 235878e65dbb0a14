package dev.udpfanout.loader.datapath.network.firewall;

import com.fasterxml.jackson.databind.JsonNode;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.nftables.LibraryMissingException;
import dev.udpfanout.bindings.nftables.Nftables;
import dev.udpfanout.bindings.nftables.NftablesException;
import dev.udpfanout.bindings.xtables.LegacyTable;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * kube-proxy's rules for an address and UDP port of a Service, wherever it keeps them: chain KUBE-SERVICES of the table
 * nat (iptables, as nf_tables or legacy), the maps of its table {@code kube-proxy} (nftables), or IPVS. Source of
 * names: kubernetes, pkg/proxy/{iptables,nftables,ipvs}/proxier.go.
 *
 * @param backends where rules of kube-proxy's are, in words, whatever Service they are for
 * @param by which of them has one for the address and port; empty if none has
 * @param unreadable why some could not be read; empty if all were
 */
public record ServiceRules(List<String> backends, Optional<String> by, String unreadable) {
    private static final String NAT = "nat";
    private static final String SERVICES = "KUBE-SERVICES";
    private static final String KUBE_PROXY = "kube-proxy";
    private static final Path NET = Path.of("/proc/thread-self/net");

    public ServiceRules {
        backends = List.copyOf(backends);
    }

    /** Reads those of the calling thread's network namespace, which takes CAP_NET_ADMIN. */
    public static ServiceRules of(InetSocketAddress place) {
        Search search = new Search(place);
        search.run("nf_tables", search::nftables);
        search.run("iptables-legacy", search::legacy);
        search.run("IPVS", search::ipvs);
        return new ServiceRules(search.backends, search.by, search.unreadable);
    }

    /** Looks into one backend after the other. */
    private static final class Search {
        private final InetSocketAddress place;
        private final boolean isIpv6;
        private final String family;
        private final List<String> backends = new ArrayList<>();
        private Optional<String> by = Optional.empty();
        private String unreadable = "";

        Search(InetSocketAddress place) {
            this.place = place;
            this.isIpv6 = place.getAddress() instanceof Inet6Address;
            this.family = isIpv6 ? "ip6" : "ip";
        }

        private void run(String backend, Runnable look) {
            try {
                look.run();
            } catch (SystemCallException e) {
                if (!NftablesFirewall.isAbsent(e)) {
                    unreadable = backend + ": " + e.getMessage();
                }
            } catch (LibraryMissingException | NftablesException e) {
                unreadable = backend + ": " + e.getMessage();
            }
        }

        private void add(String backend, boolean hasRule) {
            backends.add(backend);
            if (hasRule && by.isEmpty()) {
                by = Optional.of(backend);
            }
        }

        private void nftables() {
            try (Nftables nftables = Nftables.open()) {
                Ruleset ruleset = new Ruleset(nftables);
                if (ruleset.hasChain(new ChainId(family, NAT, SERVICES))) {
                    add(
                            "iptables (nf_tables)",
                            ruleset.rules(new ChainId(family, NAT, SERVICES)).stream()
                                    .anyMatch(rule -> isFor(rule.statements())));
                }
                List<JsonNode> maps = ruleset.maps(family, KUBE_PROXY);
                if (!maps.isEmpty()) {
                    add(
                            "nftables",
                            maps.stream()
                                    .filter(map -> map.path("name").asText().equals("service-ips"))
                                    .flatMap(map -> map.path("elem").valueStream())
                                    .anyMatch(this::isElement));
                }
            }
        }

        /** {@code [{"concat": ["192.168.1.100", "udp", 514]}, {"goto": …}]}. */
        private boolean isElement(JsonNode element) {
            JsonNode key = element.path(0).path("concat");
            return isAddress(key.path(0))
                    && key.path(1).asText().equals("udp")
                    && key.path(2).asInt() == place.getPort();
        }

        private void legacy() {
            if (!lines(isIpv6 ? "ip6_tables_names" : "ip_tables_names").contains(NAT)) {
                return;
            }
            int version = isIpv6 ? 6 : 4;
            ByteBuffer entries =
                    ByteBuffer.wrap(LegacyTable.read(version, NAT).entries()).order(ByteOrder.nativeOrder());
            boolean hasChain = false;
            boolean hasRule = false;
            for (int at = 0; at < entries.limit(); ) {
                LegacyEntry entry = new LegacyEntry(entries, at, version);
                hasChain |= entry.isHead() && entry.chain().equals(SERVICES);
                hasRule |= !entry.isHead() && isFor(entry.statements("@"));
                at = entry.next();
            }
            if (hasChain) {
                add("iptables-legacy", hasRule);
            }
        }

        private void ipvs() {
            IpvsTable table = new IpvsTable(lines("ip_vs"));
            if (!table.isEmpty()) {
                boolean isWithoutDestination = table.has(place) && !table.leadsOn(place);
                add("IPVS" + (isWithoutDestination ? ", without a destination for it" : ""), table.leadsOn(place));
            }
        }

        private static List<String> lines(String name) {
            try {
                return Files.readAllLines(NET.resolve(name));
            } catch (IOException e) {
                return List.of();
            }
        }

        /** A rule that leads on what is sent to the address and port. */
        private boolean isFor(List<JsonNode> statements) {
            boolean isTo = false;
            boolean isPort = false;
            boolean leadsOn = false;
            for (JsonNode statement : statements) {
                JsonNode match = statement.path("match");
                String field = match.path("left").path("payload").path("field").asText();
                JsonNode right = match.path("right");
                isTo |= field.equals("daddr")
                        && isAddress(right.has("prefix") ? right.path("prefix").path("addr") : right);
                isPort |= field.equals("dport") && isPort(right);
                leadsOn |= statement.has("jump") || statement.has("goto");
            }
            return isTo && isPort && leadsOn;
        }

        private boolean isPort(JsonNode right) {
            JsonNode first = right.has("range") ? right.path("range").path(0) : right;
            return first.asInt() == place.getPort();
        }

        private boolean isAddress(JsonNode text) {
            try {
                return InetAddress.ofLiteral(text.asText()).equals(place.getAddress());
            } catch (IllegalArgumentException e) {
                return false;
            }
        }
    }
}
