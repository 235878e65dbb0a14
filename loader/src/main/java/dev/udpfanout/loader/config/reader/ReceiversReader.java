package dev.udpfanout.loader.config.reader;

import dev.udpfanout.loader.config.KubernetesSource;
import dev.udpfanout.loader.config.ListenerConfig.Interception;
import dev.udpfanout.loader.config.ListenerConfig.Mode;
import dev.udpfanout.loader.config.Payload;
import dev.udpfanout.loader.config.Policy;
import dev.udpfanout.loader.config.ReceiverSet;
import dev.udpfanout.loader.config.ReceiverSet.Delivery;
import dev.udpfanout.loader.config.ReceiverSet.Downstream;
import dev.udpfanout.loader.config.ReceiverSet.Preference;
import dev.udpfanout.loader.config.ReceiverSet.Source;
import dev.udpfanout.loader.config.ReceiverSet.Spreading;
import dev.udpfanout.loader.config.yaml.Section;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.util.List;
import java.util.Optional;

/** Reads a set of receivers: who they are, and how datagrams are spread over them and get to them. */
final class ReceiversReader {
    private ReceiversReader() {}

    /** A listener's own. */
    static ReceiverSet read(Section listener, int id, String name, Interception interception) {
        Policy policy = listener.choice("policy", Policy.class, Policy.ROUND_ROBIN);
        boolean replies = FlowsReader.replies(listener, policy);
        HashOnReader.Read hashOn = HashOnReader.read(listener, policy, replies);
        return new ReceiverSet(
                id,
                name,
                source(listener, interception.bind(), policy, KubernetesReader.preference(listener)),
                new Spreading(
                        policy, hashOn.source(), listener.choice("payload", Payload.class, Payload.NONE), hashOn.key()),
                // In user space, answers come to the daemon's own sockets from everywhere.
                new Delivery(
                        LocalDeliveryReader.read(listener, interception),
                        replies,
                        replies && interception.mode() != Mode.USERSPACE));
    }

    /** A mirror's, of the listener with these receivers. */
    static ReceiverSet readMirror(Section mirror, ReceiverSet listener, InetSocketAddress bind) {
        return new ReceiverSet(
                listener.listenerId(),
                ReceiverSet.mirrorName(listener.name()),
                source(mirror, bind, Policy.ROUND_ROBIN, listener.source().preference()),
                Spreading.ROUND_ROBIN,
                new Delivery(listener.localDelivery(), false, false));
    }

    private static Source source(Section section, InetSocketAddress bind, Policy policy, Preference preference) {
        if (section.has("downstream") && section.has("kubernetes")) {
            section.problem("kubernetes", "downstream is given too; keep one of the two");
        } else if (!section.has("downstream") && !section.has("kubernetes")) {
            section.problem("downstream", "no receivers; add at least one, or kubernetes: to discover them");
        }
        List<Downstream> downstream = DownstreamReader.read(section, bind, policy);
        Optional<KubernetesSource> kubernetes = KubernetesReader.source(section);
        return new Source(family(bind), downstream, kubernetes, preference);
    }

    private static StandardProtocolFamily family(InetSocketAddress bind) {
        return bind != null && bind.getAddress() instanceof Inet6Address
                ? StandardProtocolFamily.INET6
                : StandardProtocolFamily.INET;
    }
}
