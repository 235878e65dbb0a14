package dev.udpfanout.loader.config.reader;

import dev.udpfanout.loader.config.InterfaceChoice;
import dev.udpfanout.loader.config.ServicesConfig;
import dev.udpfanout.loader.config.yaml.BadTextException;
import dev.udpfanout.loader.config.yaml.Section;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Reads {@code services}. */
final class ServicesReader {
    private static final String NAMESPACES = "namespaces";
    private static final String VIP_INTERFACES = "vip_interfaces";
    private static final String POD_INTERFACES = "pod_interfaces";

    private ServicesReader() {}

    /** @param interfaceExists whether this machine has an interface of a name */
    static Optional<ServicesConfig> read(Section root, Predicate<String> interfaceExists) {
        if (!root.has("services")) {
            return Optional.empty();
        }
        Section section = root.section("services");
        InterfacesReader interfaces = new InterfacesReader(interfaceExists);
        List<String> vips = interfaces.words(section, VIP_INTERFACES);
        List<String> pods = interfaces.words(section, POD_INTERFACES);
        pods.stream()
                .filter(word -> vips.contains(word) && !word.equals(InterfaceChoice.AUTO))
                .forEach(name -> section.problem(
                        POD_INTERFACES,
                        "\"" + name + "\" is in " + VIP_INTERFACES + " too; with externalTrafficPolicy: Local a VIP has"
                                + " other endpoints for senders outside than for pods, so the two need different"
                                + " interfaces"));
        ServicesConfig config = new ServicesConfig(
                namespaces(section), section.flag("external_ips", false), vips, pods, LeaseReader.ofServices(section));
        section.refuseUnknownKeys();
        return Optional.of(config);
    }

    private static Set<String> namespaces(Section section) {
        Set<String> namespaces = new HashSet<>(section.texts(NAMESPACES, text -> {
            if (!KubernetesNames.isLabel(text)) {
                throw new BadTextException(KubernetesNames.notALabel(text));
            }
            return text;
        }));
        if (section.isEmptyList(NAMESPACES)) {
            section.problem(NAMESPACES, "no namespaces; add at least one, or remove the key to serve all of them");
        }
        return namespaces;
    }
}
