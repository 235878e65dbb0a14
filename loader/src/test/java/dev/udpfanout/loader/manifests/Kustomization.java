package dev.udpfanout.loader.manifests;

import java.util.List;
import java.util.Map;

/** What of kustomization.yaml the manifests use. */
record Kustomization(
        String apiVersion,
        String kind,
        List<String> resources,
        List<Patch> patches,
        List<ConfigMapGenerator> configMapGenerator) {
    Kustomization {
        resources = resources == null ? List.of() : resources;
        patches = patches == null ? List.of() : patches;
        configMapGenerator = configMapGenerator == null ? List.of() : configMapGenerator;
    }

    /** A file that is laid over what is there. */
    record Patch(String path) {}

    /** A ConfigMap made of files. */
    record ConfigMapGenerator(String name, String namespace, List<String> files, Options options) {}

    /** How it is made. */
    record Options(boolean disableNameSuffixHash, Map<String, String> labels) {}
}
