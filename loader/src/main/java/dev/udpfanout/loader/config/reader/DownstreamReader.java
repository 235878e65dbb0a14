package dev.udpfanout.loader.config.reader;

import dev.udpfanout.loader.config.AddressText;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.Policy;
import dev.udpfanout.loader.config.ReceiverSet.Downstream;
import dev.udpfanout.loader.config.yaml.Section;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code downstream}: a listener's receivers from the file. */
final class DownstreamReader {
    private DownstreamReader() {}

    /**
     * Reads them all; what is wrong with one is noted.
     *
     * @param bind of whose family the receivers must be; null if that is not known
     */
    static List<Downstream> read(Section listener, InetSocketAddress bind, Policy policy) {
        List<Section> sections = listener.sections("downstream");
        if (sections.isEmpty() && listener.has("downstream")) {
            listener.problem("downstream", "at least one receiver is needed");
        }
        int most = policy.maxReceivers();
        if (sections.size() > most) {
            listener.problem("downstream", sections.size() + " receivers; at most " + most + " are possible");
        }
        List<Downstream> downstream = new ArrayList<>();
        Map<InetSocketAddress, Integer> lines = new HashMap<>();
        for (Section section : sections) {
            InetSocketAddress address = ConfigReader.address(section, "address", section.requiredText("address"));
            String name = section.text("name", address == null ? "" : SocketAddressText.write(address));
            int weight = weight(section, policy);
            section.refuseUnknownKeys();
            if (address == null) {
                continue;
            }
            checkAddress(section, address, bind);
            Integer first = lines.putIfAbsent(address, section.line());
            if (first != null) {
                section.problem("address", SocketAddressText.write(address) + " is already on line " + first + "");
            }
            downstream.add(new Downstream(name, address, weight));
        }
        return downstream;
    }

    private static void checkAddress(Section section, InetSocketAddress address, InetSocketAddress bind) {
        if (address.getAddress().isAnyLocalAddress() || address.getAddress().isMulticastAddress()) {
            section.problem("address", SocketAddressText.write(address) + " is not the address of one receiver");
        }
        if (AddressText.isLinkLocalIpv6(address.getAddress())) {
            section.problem("address", SocketAddressText.write(address) + " is link-local: nothing is forwarded to it");
        }
        if (bind != null && family(bind) != family(address)) {
            section.problem(
                    "address",
                    SocketAddressText.write(address) + " is IPv" + family(address) + ", and the listener is IPv"
                            + family(bind));
        }
    }

    /** In user space a receiver may be a program of this node; the kernel's program cannot send there. */
    static void checkMode(ListenerConfig listener, Section section) {
        if (listener.mode() == ListenerConfig.Mode.USERSPACE) {
            return;
        }
        listener.receivers().downstream().stream()
                .map(Downstream::address)
                .filter(address -> address.getAddress().isLoopbackAddress())
                .findFirst()
                .ifPresent(address -> section.problem(
                        "downstream",
                        SocketAddressText.write(address) + " is a loopback address, where the kernel's program cannot"
                                + " send; write the receiver's own address, or mode: userspace"));
    }

    private static int weight(Section section, Policy policy) {
        int weight = section.wholeNumber("weight", 1, Downstream.DRAINED, Downstream.MAX_WEIGHT);
        if (!policy.goesByWeights() && section.has("weight") && weight != Downstream.DRAINED) {
            section.problem(
                    "weight",
                    "works with policy: weighted only, but for 0, which drains the receiver; remove it, or set policy: weighted");
        }
        return weight;
    }

    private static int family(InetSocketAddress address) {
        return AddressText.family(address.getAddress());
    }
}
