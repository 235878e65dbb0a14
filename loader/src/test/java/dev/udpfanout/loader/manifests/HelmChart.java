package dev.udpfanout.loader.manifests;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The chart in {@code k8s/helm}, by Helm's own engine. */
final class HelmChart {
    static final Path FOLDER = Manifests.ROOT.resolve("helm").resolve("udp-fanout");

    /** The newest version of Kubernetes that the pages name. */
    static final String NEWEST = "1.36.0";

    private static final String NAME = "udp-fanout";

    private HelmChart() {}

    /** {@code helm lint --strict}. */
    static LintResult lint() {
        return new Helm(FOLDER).lint().strict().call();
    }

    /**
     * {@code helm template udp-fanout -n NAMESPACE}.
     *
     * @param folder for what the engine reads and writes
     * @param values laid over values.yaml
     * @throws IllegalStateException with the engine's message if the values are refused
     */
    static List<HasMetadata> template(Path folder, String namespace, String kubernetes, String values)
            throws IOException {
        Path file = Files.writeString(folder.resolve("values.yaml"), values);
        TemplateCommand command = new Helm(FOLDER)
                .template()
                .withName(NAME)
                .withNamespace(namespace)
                .withKubeVersion(kubernetes)
                .withValuesFile(file);
        Path rendered = Files.writeString(folder.resolve("rendered.yaml"), command.call());
        return Manifests.in(rendered.toString());
    }

    /** As {@link #template}, as the pages install it: in their namespace, on the newest Kubernetes. */
    static List<HasMetadata> template(Path folder, String values) throws IOException {
        return template(folder, NAME, NEWEST, values);
    }
}
