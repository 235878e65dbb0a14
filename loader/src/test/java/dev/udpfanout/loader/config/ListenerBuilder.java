package dev.udpfanout.loader.config;

import dev.udpfanout.loader.config.ListenerConfig.AttachMethod;
import dev.udpfanout.loader.config.ListenerConfig.Firewall;
import dev.udpfanout.loader.config.ListenerConfig.Hook;
import dev.udpfanout.loader.config.ListenerConfig.Interception;
import dev.udpfanout.loader.config.ListenerConfig.Mode;
import dev.udpfanout.loader.config.ListenerConfig.Order;
import dev.udpfanout.loader.config.ReceiverSet.Delivery;
import dev.udpfanout.loader.config.ReceiverSet.Downstream;
import dev.udpfanout.loader.config.ReceiverSet.HashOn;
import dev.udpfanout.loader.config.ReceiverSet.LocalDelivery;
import dev.udpfanout.loader.config.ReceiverSet.Preference;
import dev.udpfanout.loader.config.ReceiverSet.Source;
import dev.udpfanout.loader.config.ReceiverSet.Spreading;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Makes a listener without a file: in the kernel, on dummy0, by turns, of whatever the test does not say otherwise. */
public final class ListenerBuilder {
    private int id;
    private String name;
    private InetSocketAddress bind = new InetSocketAddress("10.255.0.1", 5514);
    private boolean vipDirect;
    private List<String> interfaces = List.of("dummy0");
    private Mode mode = Mode.TC_EBPF;
    private AttachMethod attach = AttachMethod.AUTO;
    private Hook hook = Hook.INGRESS;
    private Firewall firewall = Firewall.ACCEPT;
    private Admission admission = Admission.ALL;
    private Spreading spreading = Spreading.ROUND_ROBIN;
    private LocalDelivery localDelivery = LocalDelivery.AUTO;
    private boolean replies;
    private List<Downstream> downstream = List.of();
    private Optional<KubernetesSource> kubernetes = Optional.empty();
    private Preference preference = Preference.ANY;
    private Optional<MirrorConfig> mirror = Optional.empty();
    private Optional<PublishTarget> publish = Optional.empty();
    private UserspaceConfig userspace =
            new UserspaceConfig(UserspaceConfig.Io.AUTO, 1, List.of(), 64, 1 << 20, 65_507, Optional.empty());

    private ListenerBuilder(String name) {
        this.name = name;
    }

    public static ListenerBuilder named(String name) {
        return new ListenerBuilder(name);
    }

    /** One that differs from another in what is said afterwards. */
    public static ListenerBuilder like(ListenerConfig listener) {
        ListenerBuilder builder = new ListenerBuilder(listener.name());
        builder.id = listener.id();
        builder.bind = listener.bind();
        builder.vipDirect = listener.vipDirect();
        builder.interfaces = listener.interfaces();
        builder.mode = listener.mode();
        builder.attach = listener.attach();
        builder.hook = listener.hook();
        builder.firewall = listener.interception().firewall();
        builder.admission = listener.admission();
        builder.spreading = listener.receivers().spreading();
        builder.localDelivery = listener.receivers().localDelivery();
        builder.replies = listener.replies();
        builder.downstream = listener.receivers().downstream();
        builder.kubernetes = listener.receivers().kubernetes();
        builder.preference = listener.receivers().source().preference();
        builder.mirror = listener.mirror();
        builder.publish = listener.publish();
        builder.userspace = listener.userspace();
        return builder;
    }

    public ListenerBuilder id(int value) {
        id = value;
        return this;
    }

    public ListenerBuilder name(String value) {
        name = value;
        return this;
    }

    public ListenerBuilder at(InetSocketAddress value) {
        bind = value;
        return this;
    }

    public ListenerBuilder vipDirect(boolean value) {
        vipDirect = value;
        return this;
    }

    public ListenerBuilder policy(Policy value) {
        spreading = new Spreading(value, HashOn.SOURCE, spreading.payload());
        return this;
    }

    public ListenerBuilder payload(Payload value) {
        spreading = new Spreading(spreading.policy(), spreading.hashOn(), value);
        return this;
    }

    /** Receivers from the file, all of one weight. */
    public ListenerBuilder to(List<InetSocketAddress> receivers) {
        downstream = receivers.stream()
                .map(address -> new Downstream(address.toString(), address, 1))
                .toList();
        return this;
    }

    public ListenerBuilder discovering(KubernetesSource value, Preference preferred) {
        kubernetes = Optional.of(value);
        preference = preferred;
        return this;
    }

    public ListenerConfig build() {
        StandardProtocolFamily family =
                bind.getAddress() instanceof Inet6Address ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
        ReceiverSet receivers = new ReceiverSet(
                id,
                name,
                new Source(family, downstream, kubernetes, preference),
                spreading,
                new Delivery(localDelivery, replies, replies && mode != Mode.USERSPACE));
        return new ListenerConfig(
                id,
                name,
                new Interception(bind, vipDirect, interfaces, mode, attach, Order.FIRST, hook, firewall, Duration.ZERO),
                admission,
                receivers,
                mirror,
                publish,
                userspace);
    }
}
