package dev.udpfanout.loader.config.reader;

import dev.udpfanout.loader.config.KubernetesSource;
import dev.udpfanout.loader.config.Prefix;
import dev.udpfanout.loader.config.PublishTarget;
import dev.udpfanout.loader.config.ReceiverSet.Preference;
import dev.udpfanout.loader.config.yaml.BadTextException;
import dev.udpfanout.loader.config.yaml.Section;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/** Reads what a listener says of Kubernetes: {@code kubernetes}, {@code publish} and {@code prefer}. */
final class KubernetesReader {
    private KubernetesReader() {}

    /** Where the receivers come from, if from Kubernetes; empty, too, if the section is wrong, which has been noted. */
    static Optional<KubernetesSource> source(Section listener) {
        if (!listener.has("kubernetes")) {
            return Optional.empty();
        }
        Section section = listener.section("kubernetes");
        Optional<String> namespace = namespace(section);
        String service = requiredName(section, "service");
        KubernetesSource.Port port = port(section);
        section.refuseUnknownKeys();
        return service == null || port == null
                ? Optional.empty()
                : Optional.of(new KubernetesSource(namespace, service, port));
    }

    /**
     * As {@link #source}, for what the node publishes.
     *
     * @param bind the listener's; null if it is wrong
     */
    static Optional<PublishTarget> publish(Section listener, InetSocketAddress bind, List<String> interfaces) {
        if (!listener.has("publish")) {
            return Optional.empty();
        }
        Section section = listener.section("publish");
        Optional<String> namespace = namespace(section);
        String service = requiredName(section, "service");
        Optional<Prefix> addresses = PublishedAddressesReader.read(section, bind, interfaces);
        section.refuseUnknownKeys();
        return service == null ? Optional.empty() : Optional.of(new PublishTarget(namespace, service, addresses));
    }

    static Preference preference(Section listener) {
        Preference preference = listener.choice("prefer", Preference.class, Preference.ANY);
        if (preference != Preference.ANY && !listener.has("kubernetes")) {
            listener.problem(
                    "prefer", "needs receivers from kubernetes: the file does not say on which node a downstream runs");
        }
        return preference;
    }

    private static Optional<String> namespace(Section section) {
        return Optional.ofNullable(checked(section, "namespace", section.text("namespace", null)));
    }

    private static String requiredName(Section section, String key) {
        return checked(section, key, section.requiredText(key));
    }

    private static String checked(Section section, String key, String name) {
        if (name != null && !KubernetesNames.isLabel(name)) {
            section.problem(key, KubernetesNames.notALabel(name));
            return null;
        }
        return name;
    }

    private static KubernetesSource.Port port(Section section) {
        String text = section.requiredText("port");
        if (text == null) {
            return null;
        }
        // Kubernetes would allow a port to be named like a range, but nobody who writes one means that.
        if (!text.matches("-?\\d+(-\\d+)?")) {
            String name = checked(section, "port", text);
            return name == null ? null : new KubernetesSource.Port.Name(name);
        }
        try {
            return new KubernetesSource.Port.Number(SocketAddressText.port(text));
        } catch (BadTextException e) {
            section.problem("port", e.getMessage());
            return null;
        }
    }
}
