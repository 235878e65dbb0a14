package dev.udpfanout.loader.config.reader;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.abi.listener.ListenerName;
import dev.udpfanout.loader.config.AddressText;
import dev.udpfanout.loader.config.Admission;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.AttachMethod;
import dev.udpfanout.loader.config.ListenerConfig.Firewall;
import dev.udpfanout.loader.config.ListenerConfig.Hook;
import dev.udpfanout.loader.config.ListenerConfig.Interception;
import dev.udpfanout.loader.config.ListenerConfig.Mode;
import dev.udpfanout.loader.config.ListenerConfig.Order;
import dev.udpfanout.loader.config.MirrorConfig;
import dev.udpfanout.loader.config.PublishTarget;
import dev.udpfanout.loader.config.ReceiverSet;
import dev.udpfanout.loader.config.UserspaceConfig;
import dev.udpfanout.loader.config.yaml.BadTextException;
import dev.udpfanout.loader.config.yaml.Section;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Reads {@code listeners} and checks each, then all of them against each other. */
final class ListenersReader {
    private final InterfacesReader interfacesReader;
    private final ListenerConflicts conflicts;

    ListenersReader(Predicate<String> interfaceExists, String ownNamespace) {
        this.conflicts = new ListenerConflicts(ownNamespace);
        this.interfacesReader = new InterfacesReader(interfaceExists);
    }

    List<ListenerConfig> read(Section root) {
        List<Section> sections = root.sections("listeners");
        if (sections.isEmpty() && !root.has("services")) {
            root.problem("listeners", "at least one listener is needed, or services: for annotated Services");
        }
        if (sections.size() > Limits.MAX_LISTENERS_OF_FILE) {
            root.problem(
                    "listeners",
                    sections.size() + " listeners; at most " + Limits.MAX_LISTENERS_OF_FILE + " are possible");
        }
        List<ListenerConflicts.Read> read = new ArrayList<>();
        for (int id = 0; id < sections.size(); id++) {
            ListenerConfig listener = listener(id, sections.get(id));
            if (listener != null) {
                read.add(new ListenerConflicts.Read(listener, sections.get(id)));
            }
        }
        conflicts.refuse(read);
        AdmissionReader.checkTotal(read);
        MirrorReader.checkTogether(read);
        return read.stream().map(ListenerConflicts.Read::listener).toList();
    }

    private ListenerConfig listener(int id, Section section) {
        String name = section.text("name", "listener-" + id);
        if (name.getBytes(StandardCharsets.UTF_8).length > ListenerName.MAX_BYTES) {
            section.problem("name", "is longer than " + ListenerName.MAX_BYTES + " bytes");
        }
        String bindText = section.requiredText("bind");
        boolean vipDirect = bindText != null && SocketAddressText.isVip(bindText);
        InetSocketAddress bind = vipDirect ? vip(section, bindText) : ConfigReader.address(section, "bind", bindText);
        List<String> interfaces = interfacesReader.read(section);
        Interception interception = new Interception(
                bind,
                vipDirect,
                interfaces,
                section.choice("mode", Mode.class, Mode.AUTO),
                section.choice("attach", AttachMethod.class, AttachMethod.AUTO),
                section.choice("order", Order.class, Order.FIRST),
                section.choice("hook", Hook.class, Hook.INGRESS),
                section.choice("firewall", Firewall.class, Firewall.ACCEPT),
                LeaseReader.ofListener(section));
        Admission admission = AdmissionReader.read(section, vipDirect ? null : bind);
        ReceiverSet receivers = ReceiversReader.read(section, id, name, interception);
        Optional<PublishTarget> publish = KubernetesReader.publish(section, bind, interfaces);
        Optional<MirrorConfig> mirror = MirrorReader.read(section, receivers, bind);
        UserspaceConfig userspace = UserspaceReader.read(section);
        section.refuseUnknownKeys();
        if (bind == null || interfaces.isEmpty()) {
            return null;
        }
        ListenerConfig listener =
                new ListenerConfig(id, name, interception, admission, receivers, mirror, publish, userspace);
        checkPlace(listener, section);
        DownstreamReader.checkMode(listener, section);
        checkPublished(listener, section);
        LocalDeliveryReader.check(listener, section);
        ReplicationCheck.check(listener, section);
        NetflowCheck.check(listener, section);
        HashOnReader.checkStatsd(listener, section);
        MirrorReader.check(listener, section);
        UserspaceReader.check(listener, section);
        return listener;
    }

    private static InetSocketAddress vip(Section section, String text) {
        try {
            return SocketAddressText.parseVip(text);
        } catch (BadTextException e) {
            section.problem("bind", e.getMessage());
            return null;
        }
    }

    private static void checkPublished(ListenerConfig listener, Section section) {
        if (listener.vipDirect()) {
            if (!section.has("publish")) {
                section.problem("bind", "vip needs publish.service: the LoadBalancer Service whose VIP it is");
            }
            if (listener.isOnDummyInterface()) {
                section.problem(
                        "bind",
                        "vip works on a NIC only: kube-proxy has replaced the VIP before a datagram reaches a dummy interface");
            }
        } else if (section.has("publish") && listener.isWildcard()) {
            section.problem(
                    "publish",
                    AddressText.of(listener.bind().getAddress())
                            + " cannot be published; bind to one address, or to vip:PORT");
        }
    }

    private static void checkPlace(ListenerConfig listener, Section section) {
        InetAddress address = listener.bind().getAddress();
        UnreachableAddress.why(address).ifPresent(why -> section.problem("bind", AddressText.of(address) + why));
        if (listener.isOnDummyInterface()) {
            LeaseReader.refuseOnDummyInterface(listener, section);
            if (listener.isWildcard()) {
                section.problem(
                        "bind",
                        "a listener on a dummy interface needs the address that kube-proxy sends to, not "
                                + AddressText.of(address));
            }
        } else {
            if (listener.hook() == Hook.EGRESS) {
                section.problem("hook", "egress works on dummy interfaces only: datagrams enter a NIC at ingress");
            }
            if (section.has("firewall")) {
                section.problem(
                        "firewall", "is for dummy interfaces only: what is taken from a NIC passes no packet filter");
            }
        }
    }
}
