package dev.udpfanout.loader.kubernetes.discovery;

import dev.udpfanout.loader.config.KubernetesSource.Port;
import dev.udpfanout.loader.control.DiscoveredEndpoint;
import dev.udpfanout.loader.kubernetes.fake.Eventually;
import dev.udpfanout.loader.kubernetes.fake.FakeApiServer;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

/**
 * Measures how long it takes from just before the API server sends an event to the report of it, with 1,000 endpoints
 * in 10 slices: the event over loopback, its parsing, the mapping and the changes of thread. Prints microseconds.
 */
final class EventLatency {
    private static final int SLICES = 10;
    private static final int PER_SLICE = 100;
    private static final int WARM_UP = 300;
    private static final int ROUNDS = 1000;

    private EventLatency() {}

    /** A report, and when it came. */
    private record Report(List<DiscoveredEndpoint> endpoints, long nanos) {}

    public static void main(String[] arguments) {
        AtomicReference<Report> last = new AtomicReference<>(new Report(List.of(), 0));
        try (FakeApiServer server = FakeApiServer.running();
                KubernetesClient client = server.client()) {
            for (int number = 0; number < SLICES; number++) {
                client.resource(slice(number, true)).create();
            }
            long start = System.nanoTime();
            try (EndpointDiscovery discovery = new EndpointDiscovery(
                    client,
                    Slices.SERVICE,
                    new Port.Name("syslog"),
                    endpoints -> last.set(new Report(endpoints, System.nanoTime())))) {
                discovery.start();
                Eventually.isTrue(() -> last.get().endpoints().size() == SLICES * PER_SLICE, last::get);
                System.out.println("first list: " + (System.nanoTime() - start) / 1000);
                Eventually.isTrue(() -> discovery.state().connected(), discovery::state);
                long[] micros = IntStream.range(0, WARM_UP + ROUNDS)
                        .mapToLong(round -> change(server, client, last, round))
                        .skip(WARM_UP)
                        .sorted()
                        .toArray();
                System.out.println("p50 " + micros[ROUNDS / 2] + ", p99 " + micros[ROUNDS * 99 / 100] + ", max "
                        + micros[ROUNDS - 1]);
            }
        }
    }

    private static long change(FakeApiServer server, KubernetesClient client, AtomicReference<Report> last, int round) {
        boolean ready = round % 2 == 1;
        client.resource(slice(0, ready)).update();
        Eventually.isTrue(() -> last.get().endpoints().getFirst().ready() == ready, last::get);
        return (last.get().nanos() - server.api().watches().lastSentNanos()) / 1000;
    }

    /** The first endpoint of all is ready or not; the others are. */
    private static EndpointSlice slice(int number, boolean firstIsReady) {
        Endpoint[] endpoints = IntStream.range(0, PER_SLICE)
                .mapToObj(pod -> Slices.pod(
                        "pod-" + number + "-" + pod,
                        "10.0." + number + "." + pod,
                        pod > 0 || firstIsReady,
                        true,
                        false))
                .toArray(Endpoint[]::new);
        return Slices.ofService("receivers-" + number, "syslog", 5514, endpoints);
    }
}
