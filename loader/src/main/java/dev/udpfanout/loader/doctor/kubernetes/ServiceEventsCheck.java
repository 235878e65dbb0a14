package dev.udpfanout.loader.doctor.kubernetes;

import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.kubernetes.api.ServiceName;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What others have to say of a Service: Events of type Warning, as {@code kubectl describe service} shows them. */
final class ServiceEventsCheck {
    private static final String CHECK = "events";
    private static final long LIMIT = 100;

    private ServiceEventsCheck() {}

    /** The newest warning; it may be of long ago, so that it is not held against the Service. */
    static Diagnosis of(KubernetesClient client, ServiceName name) {
        String look = "kubectl -n " + name.namespace() + " describe service " + name.name();
        try {
            List<Event> warnings = client
                    .v1()
                    .events()
                    .inNamespace(name.namespace())
                    .withField("involvedObject.kind", "Service")
                    .withField("involvedObject.name", name.name())
                    .list(new ListOptionsBuilder().withLimit(LIMIT).build())
                    .getItems()
                    .stream()
                    .filter(event -> "Warning".equals(event.getType()))
                    .filter(event -> event.getInvolvedObject() != null
                            && name.name().equals(event.getInvolvedObject().getName()))
                    .sorted(Comparator.comparing(ServiceEventsCheck::time).reversed())
                    .toList();
            return warnings.isEmpty()
                    ? Diagnosis.ok(CHECK, "no warning of the last hour is on " + name)
                    : Diagnosis.warning(
                            CHECK,
                            warnings.size() + " Event(s) warn of " + name + ", the last of " + time(warnings.getFirst())
                                    + ": " + warnings.getFirst().getReason() + ": "
                                    + warnings.getFirst().getMessage(),
                            "they stay for an hour, also when the cause is gone",
                            look);
        } catch (KubernetesClientException e) {
            return ApiFailure.of(client, CHECK, "Events of " + name, look, e);
        }
    }

    private static String time(Event event) {
        return Optional.ofNullable(event.getLastTimestamp())
                .or(() -> Optional.ofNullable(event.getFirstTimestamp()))
                .orElse("an unknown time");
    }
}
