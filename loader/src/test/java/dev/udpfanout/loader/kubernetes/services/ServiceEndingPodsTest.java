package dev.udpfanout.loader.kubernetes.services;

import static dev.udpfanout.loader.kubernetes.fake.Slices.identified;
import static dev.udpfanout.loader.kubernetes.fake.Slices.pod;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.udpfanout.loader.config.HealthConfig.OnAllUnhealthy;
import dev.udpfanout.loader.control.EndpointSelection;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * kube-controller-manager makes 20 requests a second: a pod of many Services ends before all of its slices say so. What
 * one of them says holds for all.
 */
@Tag("unit")
class ServiceEndingPodsTest {
    private static final String UID = "7b9f2c1e-0d0a-4b86-9c55-2f1d3f3f6a01";
    private static final String OTHER_UID = "7b9f2c1e-0d0a-4b86-9c55-2f1d3f3f6a02";
    private static final String ADDRESS = "10.42.0.11";
    private static final Endpoint STAYS = identified("stays", pod("stays", "10.42.0.12"));

    private final ServiceReadings readings = new ServiceReadings(AnnotatedServices.CONFIG);

    private static Endpoint ready() {
        return identified(UID, pod("a", ADDRESS));
    }

    private static Endpoint ending() {
        return identified(UID, pod("a", ADDRESS, false, true, true));
    }

    private static Service service(String name) {
        return AnnotatedServices.spread()
                .editMetadata()
                .withName(name)
                .endMetadata()
                .build();
    }

    private static EndpointSlice slice(String service, Endpoint... endpoints) {
        return new EndpointSliceBuilder(Slices.ofService(service + "-1", "syslog", 5514, endpoints))
                .editMetadata()
                .addToLabels("kubernetes.io/service-name", service)
                .endMetadata()
                .build();
    }

    private AnnotatedService read(Service service, EndpointSlice... slices) {
        return readings.of(List.of(service), List.of(slices)).getFirst();
    }

    /** The addresses of the pods to which a Service's datagrams go. */
    private List<String> inForce(Service service, EndpointSlice... slices) {
        ServedListener listener = read(service, slices).listeners().getFirst();
        return new EndpointSelection("node-a", Optional.empty())
                        .select(listener.config().receivers(), listener.endpoints(), Set.of(), OnAllUnhealthy.FORWARD)
                        .endpoints()
                        .stream()
                        .map(each -> each.address().getAddress().getHostAddress())
                        .toList();
    }

    @Test
    void shouldTakeAPodOutOfAllServicesWhenOneSliceSaysThatItEnds() {
        assertEquals(
                List.of(ADDRESS, "10.42.0.12"),
                inForce(service("two"), slice("one", ready(), STAYS), slice("two", ready(), STAYS)));

        assertEquals(
                List.of("10.42.0.12"),
                inForce(service("two"), slice("one", ending(), STAYS), slice("two", ready(), STAYS)));
    }

    @Test
    void shouldTakeOnePodAfterTheOtherOutOfASliceThatStaysTheSame() {
        EndpointSlice two = slice("two", ready(), STAYS);
        Endpoint staysNot = identified("stays", pod("stays", "10.42.0.12", false, false, true));
        assertEquals(List.of("10.42.0.12"), inForce(service("two"), slice("one", ending(), STAYS), two));
        assertEquals(List.of("10.42.0.12"), inForce(service("two"), slice("one", ending(), STAYS), two));

        // Both are on their way out, so both serve, as two says of them.
        assertEquals(List.of(ADDRESS, "10.42.0.12"), inForce(service("two"), slice("one", ending(), staysNot), two));
    }

    /** That of the other family, of which the controller writes a slice of its own. */
    @Test
    void shouldTakeAllAddressesOfThePodOut() {
        EndpointSlice ipv6 = new EndpointSliceBuilder(slice("two", identified(UID, pod("a", "2001:db8::11"))))
                .withAddressType("IPv6")
                .build();

        AnnotatedService read = read(service("two"), slice("one", ending()), ipv6);

        assertEquals(true, read.listeners().getFirst().endpoints().getFirst().terminating());
        assertEquals(false, read.listeners().getFirst().endpoints().getFirst().ready());
    }

    @Test
    void shouldNotTakeThePodInAgainWhenTheSliceThatSaidSoDropsItBeforeOthersDo() {
        inForce(service("two"), slice("one", ending(), STAYS), slice("two", ready(), STAYS));

        assertEquals(List.of("10.42.0.12"), inForce(service("two"), slice("one", STAYS), slice("two", ready(), STAYS)));
        assertEquals(List.of("10.42.0.12"), inForce(service("two"), slice("two", ready(), STAYS)));
    }

    @Test
    void shouldForgetThePodWhenNoSliceNamesItAnyMore() {
        inForce(service("two"), slice("one", ending(), STAYS), slice("two", ready(), STAYS));
        inForce(service("two"), slice("two", STAYS));

        // No UID comes again; one that does shows that nothing was kept of it.
        assertEquals(List.of(ADDRESS, "10.42.0.12"), inForce(service("two"), slice("two", ready(), STAYS)));
    }

    @Test
    void shouldUseANewPodWithTheSameNameAndAddress() {
        Endpoint fresh = identified(OTHER_UID, pod("a", ADDRESS));

        assertEquals(
                List.of(ADDRESS, "10.42.0.12"),
                inForce(service("two"), slice("one", ending(), STAYS), slice("two", fresh, STAYS)));
        // Also while the old one is in another slice of the Service, which does not know of its end yet.
        assertEquals(
                List.of(ADDRESS, "10.42.0.12"),
                inForce(service("two"), slice("one", STAYS), slice("two", ready(), STAYS), slice("two", fresh)));
    }

    @Test
    void shouldUsePodsOnTheirWayOutWhenNoOtherIsThere() {
        assertEquals(List.of(ADDRESS), inForce(service("two"), slice("one", ending()), slice("two", ready())));
        assertEquals(
                List.of(),
                inForce(
                        service("two"),
                        slice("one", ending()),
                        slice("two", identified(UID, pod("a", ADDRESS, false, false, false)))));
    }

    @Test
    void shouldKeepThePodInAServiceThatPublishesNotReadyAddresses() {
        Service publishing = new ServiceBuilder(service("two"))
                .editSpec()
                .withPublishNotReadyAddresses(true)
                .endSpec()
                .build();

        assertEquals(
                List.of(ADDRESS, "10.42.0.12"),
                inForce(publishing, slice("one", ending(), STAYS), slice("two", ready(), STAYS)));
        // Its own slice says ready and terminating; others learn of the end from it.
        EndpointSlice own = slice("two", identified(UID, pod("a", ADDRESS, true, true, true)), STAYS);
        assertEquals(List.of(ADDRESS, "10.42.0.12"), inForce(publishing, slice("one", ready(), STAYS), own));
        assertEquals(List.of("10.42.0.12"), inForce(service("one"), slice("one", ready(), STAYS), own));
    }

    @Test
    void shouldLeaveEndpointsAloneOfWhichNobodyKnowsWhatPodTheyAre() {
        Endpoint withoutTarget =
                new EndpointBuilder(ready()).withTargetRef(null).build();
        Endpoint withoutUid = pod("a", ADDRESS);
        Endpoint noPod = new EndpointBuilder(ready())
                .editTargetRef()
                .withKind("Node")
                .endTargetRef()
                .build();

        for (Endpoint each : List.of(withoutTarget, withoutUid, noPod)) {
            Endpoint ends = new EndpointBuilder(each)
                    .editConditions()
                    .withTerminating(true)
                    .endConditions()
                    .build();
            assertEquals(
                    List.of(ADDRESS, "10.42.0.12"),
                    inForce(service("two"), slice("one", ending(), ends), slice("two", each, STAYS)));
        }
    }

    /** Who may write slices in his own namespace could take out the pods of all others. */
    @Test
    void shouldNotBelieveASliceOfAnotherNamespace() {
        EndpointSlice foreign = new EndpointSliceBuilder(slice("one", ending()))
                .editMetadata()
                .withNamespace("elsewhere")
                .endMetadata()
                .build();

        assertEquals(List.of(ADDRESS, "10.42.0.12"), inForce(service("two"), foreign, slice("two", ready(), STAYS)));
    }

    /** Who keeps slices by hand or by a program of his own may call a pod terminating that lives on. */
    @ParameterizedTest
    @ValueSource(strings = {"somebody", "endpointslicemirroring-controller.k8s.io"})
    void shouldLeaveSlicesOfOtherKeepersAlone(String keeper) {
        EndpointSlice says = keptBy(keeper, slice("one", ending()));
        assertEquals(List.of(ADDRESS, "10.42.0.12"), inForce(service("two"), says, slice("two", ready(), STAYS)));

        EndpointSlice lags = keptBy(keeper, slice("two", ready(), STAYS));
        assertEquals(List.of(ADDRESS, "10.42.0.12"), inForce(service("two"), slice("one", ending()), lags));
    }

    private static EndpointSlice keptBy(String keeper, EndpointSlice slice) {
        return new EndpointSliceBuilder(slice)
                .editMetadata()
                .addToLabels("endpointslice.kubernetes.io/managed-by", keeper)
                .endMetadata()
                .build();
    }

    /** Copies go to them as well. */
    @Test
    void shouldTakeThePodOutOfAMirror() {
        Service mirrored = AnnotatedServices.annotated(ServiceAnnotations.MIRROR, "two");

        AnnotatedService read =
                read(mirrored, slice("receivers", STAYS), slice("one", ending(), STAYS), slice("two", ready(), STAYS));

        assertEquals(
                Map.of(ADDRESS, true, "10.42.0.12", false),
                read.listeners().getFirst().copies().stream()
                        .collect(Collectors.toMap(
                                each -> each.address().getAddress().getHostAddress(), each -> each.terminating())));
    }

    /** A thousand Services are not read again because a pod of one of them ends. */
    @Test
    void shouldReadOnlyTheServicesOfThePod() {
        List<Service> services = List.of(service("one"), service("three"), service("two"));
        EndpointSlice one = slice("one", ready(), STAYS);
        EndpointSlice two = slice("two", ready(), STAYS);
        EndpointSlice three = slice("three", STAYS);
        List<AnnotatedService> before = readings.of(services, List.of(one, two, three));
        List<AnnotatedService> after = readings.of(services, List.of(slice("one", ending(), STAYS), two, three));
        List<AnnotatedService> later = readings.of(services, List.of(slice("one", STAYS), two, three));

        assertFalse(
                before.getLast().listeners().getFirst().endpoints().getFirst().terminating());
        assertNotSame(before.getLast(), after.getLast());
        assertSame(before.get(1), after.get(1));
        assertSame(after.getLast(), later.getLast());
    }
}
