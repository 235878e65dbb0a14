package dev.udpfanout.loader.manifests;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.reader.ConfigReader;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A way to deploy, by the flat files that an operator applies. */
public enum Variant {
    METALLB("metallb", "configmap-metallb.yaml", "daemonset-metallb.yaml", Optional.of("service-metallb.yaml")),
    HOST_NETWORK("host-network", "configmap.yaml", "daemonset.yaml", Optional.empty()),
    VIP_DIRECT("vip-direct", "configmap-vip-direct.yaml", "daemonset.yaml", Optional.of("service-metallb.yaml"));

    /** The folder in overlays. */
    public final String overlay;

    final String configFile;
    final String daemonFile;
    final Optional<String> serviceFile;

    Variant(String overlay, String configFile, String daemonFile, Optional<String> serviceFile) {
        this.overlay = overlay;
        this.configFile = configFile;
        this.daemonFile = daemonFile;
        this.serviceFile = serviceFile;
    }

    /** All that is applied for it, but for the receivers. */
    public List<HasMetadata> resources() {
        List<HasMetadata> resources = new ArrayList<>(Manifests.in("rbac.yaml"));
        resources.addAll(Manifests.in(configFile));
        resources.addAll(Manifests.in(daemonFile));
        serviceFile.map(Manifests::in).ifPresent(resources::addAll);
        return resources;
    }

    public ConfigMap configMap() {
        return Manifests.only(ConfigMap.class, configFile);
    }

    /** As the daemon reads it on a node that has the interfaces. */
    Config config() throws InvalidConfigException {
        return new ConfigReader(name -> true).parse(configMap().getData().get("config.yaml"), configFile);
    }

    ListenerConfig listener() throws InvalidConfigException {
        return config().listeners().getFirst();
    }

    public DaemonSet daemonSet() {
        return Manifests.only(DaemonSet.class, daemonFile);
    }

    public PodSpec pod() {
        return daemonSet().getSpec().getTemplate().getSpec();
    }

    /** The daemon's. */
    public Container container() {
        return pod().getContainers().getFirst();
    }
}
