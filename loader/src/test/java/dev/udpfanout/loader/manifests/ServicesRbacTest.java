package dev.udpfanout.loader.manifests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.loader.config.ServicesConfig;
import dev.udpfanout.loader.config.reader.ConfigReader;
import dev.udpfanout.loader.manifests.DaemonApiCalls.Call;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The overlays for annotated Services allow what the daemon asks an API server for, and nothing else. */
@Tag("unit")
class ServicesRbacTest {
    @ParameterizedTest
    @ValueSource(strings = {"services", "services-in-namespaces"})
    void shouldAllowWhatTheDaemonAsksForAndNothingElse(String overlay) throws Exception {
        List<HasMetadata> resources = Overlays.render(overlay);
        ServicesConfig config = config(resources);
        Set<Call> allowed = RbacTest.allowed(resources);

        Set<Call> asked = DaemonApiCalls.ofServices(config.namespaces());

        Set<Call> missing = asked.stream()
                .filter(call -> !allowed.contains(call) && !allowed.contains(inAll(call)))
                .collect(Collectors.toSet());
        assertEquals(Set.of(), missing);
        Set<Call> used =
                asked.stream().flatMap(call -> Stream.of(call, inAll(call))).collect(Collectors.toSet());
        Set<Call> unused = allowed.stream().filter(call -> !used.contains(call)).collect(Collectors.toSet());
        assertEquals(Set.of(), unused);
    }

    /** As a ClusterRoleBinding allows it. */
    private static Call inAll(Call call) {
        return new Call(call.verb(), call.group(), call.resource(), "");
    }

    private static ServicesConfig config(List<HasMetadata> resources) throws Exception {
        String yaml =
                Manifests.all(ConfigMap.class, resources).getFirst().getData().get("config.yaml");
        return new ConfigReader(name -> true)
                .parse(yaml, "config.yaml")
                .services()
                .orElseThrow();
    }
}
