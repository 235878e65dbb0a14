package dev.udpfanout.loader.kubernetes.services;

import dev.udpfanout.loader.kubernetes.api.Reason;
import dev.udpfanout.loader.kubernetes.api.ServiceName;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says on a Service why it is not served: an Event that {@code kubectl describe service} shows. Each reason is told
 * once. All nodes give an Event the same name, so there is one of them and not one a node.
 */
public final class ServiceEvents implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceEvents.class);

    /** Events that are not sent yet; more are not told of, but logged and counted all the same. */
    private static final int MOST_WAITING = 256;

    private static final String COMPONENT = "udp-fanout";

    private final KubernetesClient client;
    private final ThreadPoolExecutor sender = new ThreadPoolExecutor(
            0,
            1,
            5,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING),
            Thread.ofPlatform().name("service-events").daemon().factory(),
            new ThreadPoolExecutor.DiscardPolicy());
    private Map<ServiceName, String> told = Map.of();

    /** @param client stays the caller's to close, after this */
    public ServiceEvents(KubernetesClient client) {
        this.client = client;
    }

    /** Tells of what is refused now and was not before; returns at once. Belongs to one thread. */
    public void tell(ServicesInForce inForce) {
        Map<ServiceName, String> now = new HashMap<>(inForce.refusals());
        for (AnnotatedService service : inForce.services()) {
            String reason = now.get(service.name());
            if (reason != null && !reason.equals(told.get(service.name()))) {
                LOG.atWarn()
                        .addKeyValue("service", service.name())
                        .addKeyValue("reason", reason)
                        .log("refused an annotated Service; kube-proxy serves it");
                sender.execute(() -> send(event(service, reason)));
            }
        }
        told = now;
    }

    private static Event event(AnnotatedService service, String reason) {
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        return new EventBuilder()
                .withNewMetadata()
                .withNamespace(service.name().namespace())
                .withName("%s.%s.%08x".formatted(service.name().name(), COMPONENT, (service.uid() + reason).hashCode()))
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion("v1")
                .withKind("Service")
                .withNamespace(service.name().namespace())
                .withName(service.name().name())
                .withUid(service.uid())
                .endInvolvedObject()
                .withType("Warning")
                .withReason("NotSpread")
                .withMessage(reason + ". kube-proxy goes on to serve it")
                .withNewSource()
                .withComponent(COMPONENT)
                .endSource()
                .withReportingComponent("udpfanout.dev/" + COMPONENT)
                .withFirstTimestamp(now)
                .withLastTimestamp(now)
                .withCount(1)
                .build();
    }

    private void send(Event event) {
        try {
            client.resource(event).create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                LOG.atWarn()
                        .addKeyValue("service", event.getInvolvedObject().getName())
                        .addKeyValue("reason", Reason.of(e))
                        .log("failed to write an Event on a Service; the log has what it would have said");
            }
        }
    }

    @Override
    public void close() {
        sender.shutdownNow();
    }
}
