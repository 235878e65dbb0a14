package dev.udpfanout.loader.kubernetes.services;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What whoever may make Services in one namespace can do to the memory of all daemons, and to others' Services. */
@Tag("unit")
class ServiceStoreTest {
    private static final int LARGEST = 256 * 1024;

    private final ServiceStore store = new ServiceStore();

    private static Service service(String namespace, int number, int year) {
        return AnnotatedServices.spread()
                .editMetadata()
                .withNamespace(namespace)
                .withName("service-" + number)
                .withCreationTimestamp(year + "-01-01T00:00:00Z")
                .endMetadata()
                .build();
    }

    private void put(Service service) {
        store.put(store.getKey(service), service);
    }

    private static long characters(Service service) {
        return service.getMetadata().getAnnotations().entrySet().stream()
                .mapToLong(each -> each.getKey().length() + each.getValue().length())
                .sum();
    }

    @Test
    void shouldKeepNothingThatIsLarge() {
        Map<String, String> annotations = new HashMap<>();
        annotations.put(ServiceAnnotations.POLICY, "hash".repeat(LARGEST / 8));
        annotations.put("example.org/notes", "x".repeat(LARGEST / 4));
        IntStream.range(0, 5_000).forEach(n -> annotations.put(ServiceAnnotations.PREFIX + "unknown-" + n, "x"));
        put(AnnotatedServices.spread()
                .editMetadata()
                .withAnnotations(annotations)
                .addToLabels("label", "x")
                .endMetadata()
                .build());

        Service kept = store.values().findFirst().orElseThrow();
        assertTrue(
                characters(kept) < 1_000,
                () -> kept.getMetadata().getAnnotations().toString());
        String refusal = AnnotatedServices.read(kept).refusal().orElseThrow();
        assertTrue(refusal.contains("unknown-0 is unknown"), refusal);
    }

    @Test
    void shouldReadAWrongValueFromItsBeginning() {
        put(AnnotatedServices.annotated(ServiceAnnotations.POLICY, "x".repeat(LARGEST)));
        String refusal = AnnotatedServices.read(store.values().findFirst().orElseThrow())
                .refusal()
                .orElseThrow();
        assertTrue(refusal.contains("xxx…") && refusal.length() < 300, refusal);
    }

    @Test
    void shouldKeepTheOldestWhereThereAreTooMany() {
        IntStream.range(0, ServiceStore.MAX_SERVICES).forEach(n -> put(service("aaa", n, 2026)));
        put(service("zzz", 1, 2020));
        assertEquals(ServiceStore.MAX_SERVICES, store.size());
        assertTrue(store.get("zzz/service-1") != null, "the oldest of all");

        put(service("aaa", 77_777, 2027));
        assertEquals(null, store.get("aaa/service-77777"), "the youngest of all");
        assertFalse(store.isOutdated());
        store.remove("aaa/service-5");
        assertTrue(store.isOutdated(), "a new list has those that there is room for again");
    }

    @Test
    void shouldKeepTheOldestWhereTheyAreLarge() {
        put(service("zzz", 1, 2020));
        for (int n = 0; n < 30; n++) {
            Service large = service("aaa", n, 2026);
            large.getSpec().setPorts(ports(10_000));
            put(large);
        }
        int parts = store.values().mapToInt(TrimmedService::parts).sum();
        assertTrue(parts <= ServiceStore.MAX_PARTS + ServiceStore.MAX_SERVICES, () -> parts + " parts");
        assertTrue(store.size() > 5, () -> store.size() + " kept");
        assertTrue(store.get("zzz/service-1") != null, "the oldest of all");
    }

    private static List<ServicePort> ports(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(port -> new ServicePortBuilder()
                        .withName("p" + port)
                        .withProtocol("UDP")
                        .withPort(port)
                        .build())
                .toList();
    }
}
