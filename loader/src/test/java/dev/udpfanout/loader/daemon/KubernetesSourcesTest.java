package dev.udpfanout.loader.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.reader.ConfigReader;
import dev.udpfanout.loader.kubernetes.api.NodeIdentity;
import dev.udpfanout.loader.kubernetes.fake.FakeApiServer;
import dev.udpfanout.loader.kubernetes.fake.FakeService;
import dev.udpfanout.loader.status.PublicationStatus;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.MockResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is shown of Kubernetes, and what is told it, as the configuration changes. */
@Tag("unit")
@Timeout(120)
class KubernetesSourcesTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final FakeApiServer server = FakeApiServer.running();
    private final KubernetesSources sources =
            new KubernetesSources(server.client(), new NodeIdentity("node-a", "logging"), new Inbox());

    @AfterEach
    void close() {
        sources.close();
        server.close();
    }

    private static List<ListenerConfig> read(String listeners) throws InvalidConfigException {
        return new ConfigReader(name -> true)
                .parse("listeners:\n" + listeners, "test")
                .listeners();
    }

    private static List<ListenerConfig> publishing() throws InvalidConfigException {
        return read("""
                  - name: syslog
                    bind: "10.255.0.1:5514"
                    interface: dummy0
                    downstream: [ { address: "10.0.0.2:5514" } ]
                    publish: { namespace: logging, service: syslog }
                """);
    }

    private static List<ListenerConfig> discovering(int first, int count) throws InvalidConfigException {
        return read(
                IntStream.range(first, first + count).mapToObj("""
                          - name: "l%1$d"
                            bind: "10.255.0.1:%1$d"
                            interface: dummy0
                            kubernetes: { service: receivers, port: 5514 }
                        """::formatted).collect(Collectors.joining()));
    }

    private void await(BooleanSupplier condition) {
        assertTrue(BoundedWait.until(condition, LIMIT), () -> "" + sources.status());
    }

    private boolean isPublished() {
        return Optional.ofNullable(sources.status().published().get("syslog"))
                .filter(PublicationStatus::upToDate)
                .isPresent();
    }

    @Test
    void shouldSayWhetherWhatIsToBePublishedIs() throws InvalidConfigException {
        sources.update(publishing());
        sources.publish(publishing(), listener -> Optional.of(true));
        await(() -> sources.status().watches().synced());
        assertEquals(Set.of("syslog"), sources.status().published().keySet());
        assertFalse(isPublished(), "no such Service");

        server.api().put(FakeService.withVips("192.0.2.10"));

        await(this::isPublished);
        sources.update(List.of());
        assertEquals(Map.of(), sources.status().published());
    }

    @Test
    void shouldGoOnCountingWhenWatchesEnd() throws InvalidConfigException {
        server.goAway();
        sources.update(discovering(1000, 3));
        await(() -> sources.status().watches().failures() >= 3);
        long failures = sources.status().watches().failures();

        sources.update(discovering(1000, 1));
        assertTrue(sources.status().watches().failures() >= failures);
        sources.update(List.of());
        assertTrue(sources.status().watches().failures() >= failures);
    }

    @Test
    void shouldShowItselfWhileTheConfigurationChanges() throws Exception {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicInteger shown = new AtomicInteger();
        List<List<ListenerConfig>> configurations = List.of(discovering(1000, 40), discovering(1020, 40));
        sources.update(configurations.getFirst());
        Thread other = Thread.ofPlatform().start(() -> {
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    sources.status();
                    shown.incrementAndGet();
                }
            } catch (RuntimeException e) {
                failure.set(e);
            }
        });
        try {
            for (int i = 1; i <= 6; i++) {
                sources.update(configurations.get(i % 2));
            }
            await(() -> shown.get() > 0 || failure.get() != null);
        } finally {
            other.interrupt();
            other.join();
        }
        assertEquals(null, failure.get());
    }

    @Test
    void shouldNotTakeTheNodeBackOnceItsListenerIsThereAgain() throws InvalidConfigException {
        Set<Thread> before = publishers();
        List<String> refused = new CopyOnWriteArrayList<>();
        server.api().put(FakeService.withVips("192.0.2.10"));
        sources.update(publishing());
        sources.publish(publishing(), listener -> Optional.of(true));
        await(this::isPublished);
        server.api().disturb((request, usual) -> {
            if (request.method() != HttpMethod.PATCH) {
                return usual.apply(request);
            }
            refused.add(request.getPath());
            return new MockResponse().setResponseCode(500);
        });
        sources.update(List.of());
        await(() -> !refused.isEmpty());

        sources.update(publishing());
        sources.publish(publishing(), listener -> Optional.of(true));
        server.api().behave();
        await(this::isPublished);

        Set<Thread> ofThisTest = publishers();
        ofThisTest.removeAll(before);
        assertEquals(1, ofThisTest.size(), "who could still withdraw it: " + ofThisTest);
    }

    private static Set<Thread> publishers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("publish to logging/syslog"))
                .collect(Collectors.toSet());
    }
}
