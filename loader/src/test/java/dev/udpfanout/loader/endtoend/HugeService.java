package dev.udpfanout.loader.endtoend;

import dev.udpfanout.loader.kubernetes.fake.FakeApi;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The lists of a Service of more endpoints than anyone should have, made as they are asked for: a page holds a few
 * slices, as the API server's does.
 */
record HugeService(int endpoints) implements FakeApi.Disturbance {
    private static final int PER_SLICE = 100;
    private static final int SLICES_A_PAGE = 10;

    @Override
    public MockResponse answer(RecordedRequest request, FakeApi.Usual usual) {
        String path = request.getPath();
        if (!path.contains("endpointslices") || !path.contains("receivers") || path.contains("watch=true")) {
            return usual.apply(request);
        }
        int from = path.contains("continue=") ? Integer.parseInt(path.replaceAll(".*continue=(\\d+).*", "$1")) : 0;
        int slices = Math.ceilDiv(endpoints, PER_SLICE);
        int to = path.contains("limit=") ? Math.min(slices, from + SLICES_A_PAGE) : slices;
        String items = IntStream.range(from, to)
                .mapToObj(n -> Serialization.asJson(slice(n)))
                .collect(Collectors.joining(",\n"));
        return new MockResponse().setResponseCode(200).setBody("""
                {"kind": "EndpointSliceList", "apiVersion": "discovery.k8s.io/v1",
                 "metadata": {"resourceVersion": "1"%s}, "items": [%s]}""".formatted(
                        to < slices ? ", \"continue\": \"" + to + "\"" : "", items));
    }

    private static EndpointSlice slice(int number) {
        return Slices.ofService(
                "receivers-%05d".formatted(number),
                "syslog",
                ServiceLab.POD_PORT,
                IntStream.range(0, PER_SLICE)
                        .mapToObj(n -> pod(number * PER_SLICE + n))
                        .toArray(Endpoint[]::new));
    }

    private static Endpoint pod(int n) {
        String address = "10.%d.%d.%d".formatted(64 + n / 62_500, n / 250 % 250, n % 250 + 1);
        String uid = "7b9f2c1e-0d0a-4b86-9c55-%012x".formatted(n);
        return Slices.identified(uid, Slices.pod("receiver-of-syslog-6c9f7d8b5d-" + n, address));
    }
}
