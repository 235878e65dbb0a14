package dev.udpfanout.loader.kubernetes.services;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.udpfanout.loader.kubernetes.fake.Slices;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A thousand Services are not read because one has changed. */
@Tag("unit")
class ServiceReadingsTest {
    private final ServiceReadings readings = new ServiceReadings(AnnotatedServices.CONFIG);

    private static Service named(String name) {
        return AnnotatedServices.spread()
                .editMetadata()
                .withName(name)
                .endMetadata()
                .build();
    }

    private static EndpointSlice slice(String service, String address) {
        return new EndpointSliceBuilder(Slices.ofService(service + "-1", "syslog", 5514, Slices.pod("a", address)))
                .editMetadata()
                .addToLabels("kubernetes.io/service-name", service)
                .endMetadata()
                .build();
    }

    @Test
    void shouldReadOnlyTheServiceWhoseEndpointsHaveChanged() {
        List<Service> services = List.of(named("one"), named("two"));
        List<AnnotatedService> before =
                readings.of(services, List.of(slice("one", "10.42.0.11"), slice("two", "10.42.0.12")));

        List<AnnotatedService> after =
                readings.of(services, List.of(slice("one", "10.42.0.11"), slice("two", "10.42.0.13")));

        assertSame(before.getFirst(), after.getFirst());
        assertNotSame(before.getLast(), after.getLast());
        assertEquals(
                "10.42.0.13",
                after.getLast()
                        .listeners()
                        .getFirst()
                        .endpoints()
                        .getFirst()
                        .address()
                        .getAddress()
                        .getHostAddress());
    }

    @Test
    void shouldReadAServiceThatHasChanged() {
        List<EndpointSlice> slices = List.of(slice("receivers", "10.42.0.11"));
        AnnotatedService before =
                readings.of(List.of(AnnotatedServices.spread().build()), slices).getFirst();

        AnnotatedService after = readings.of(
                        List.of(AnnotatedServices.annotated(ServiceAnnotations.POLICY, "no such policy")), slices)
                .getFirst();

        assertEquals(true, before.refusal().isEmpty());
        assertEquals(true, after.refusal().isPresent());
    }

    /** Its own slices are the same: only those of the Service that gets the copies are others. */
    @Test
    void shouldReadAServiceWhoseMirrorHasOtherEndpoints() {
        List<Service> services = List.of(AnnotatedServices.annotated(ServiceAnnotations.MIRROR, "probe"));
        EndpointSlice own = slice("receivers", "10.42.0.11");
        AnnotatedService refused = readings.of(services, List.of(own)).getFirst();
        AnnotatedService one = readings.of(services, List.of(own, slice("probe", "10.42.0.21")))
                .getFirst();
        AnnotatedService same = readings.of(services, List.of(own, slice("probe", "10.42.0.21")))
                .getFirst();
        AnnotatedService other = readings.of(services, List.of(own, slice("probe", "10.42.0.22")))
                .getFirst();

        assertEquals(true, refused.refusal().isPresent());
        assertSame(one, same);
        assertEquals(1, other.listeners().getFirst().copies().size());
        assertNotSame(one, other);
    }

    /** Counts how often it is compared with another object. */
    @SuppressWarnings("serial")
    private static final class CountedService extends Service {
        private int comparisons;

        CountedService(Service like) {
            super(like.getApiVersion(), like.getKind(), like.getMetadata(), like.getSpec(), like.getStatus());
        }

        @Override
        public boolean equals(Object other) {
            comparisons += other == this ? 0 : 1;
            return super.equals(other);
        }

        @Override
        public int hashCode() {
            return super.hashCode();
        }
    }

    /** A new list has equal objects, which are others. */
    @Test
    void shouldCompareAServiceWithTheNewestObjectThatWasEqual() {
        List<EndpointSlice> slices = List.of(slice("receivers", "10.42.0.11"));
        Service spread = AnnotatedServices.spread().build();
        CountedService first = new CountedService(spread);
        CountedService relisted = new CountedService(spread);
        AnnotatedService before = readings.of(List.of(first), slices).getFirst();
        assertSame(before, readings.of(List.of(relisted), slices).getFirst());
        int comparisons = first.comparisons + relisted.comparisons;

        assertSame(before, readings.of(List.of(relisted), slices).getFirst());
        assertEquals(comparisons, first.comparisons + relisted.comparisons);
    }

    @Test
    void shouldForgetAServiceThatIsGone() {
        List<EndpointSlice> slices = List.of(slice("one", "10.42.0.11"));
        AnnotatedService before = readings.of(List.of(named("one")), slices).getFirst();
        readings.of(List.of(), slices);

        assertNotSame(before, readings.of(List.of(named("one")), slices).getFirst());
    }
}
