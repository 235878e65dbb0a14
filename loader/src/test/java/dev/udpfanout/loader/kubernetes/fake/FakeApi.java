package dev.udpfanout.loader.kubernetes.fake;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.Buffer;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.Headers;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What the API server answers: fabric8's in-memory CRUD dispatcher, plus what that one lacks (server-side apply) and
 * what an API server does on bad days.
 */
public final class FakeApi extends Dispatcher {
    private static final String SLICES = "/apis/discovery.k8s.io";
    private static final String APPLY = "application/apply-patch+yaml";

    private final KubernetesCrudDispatcher crud = new KubernetesCrudDispatcher();
    private final List<RecordedRequest> requests = new CopyOnWriteArrayList<>();
    private volatile List<String> sliceVersions = List.of("v1");
    private final FakePages pages = new FakePages();
    private final FakeWatches watches = new FakeWatches();
    private volatile Consumer<String> onApply = applied -> {};
    private volatile Disturbance disturbance = (request, usual) -> usual.apply(request);

    /** Has EndpointSlices in these versions from now on, and only in these; the newest first. */
    public void haveSlices(String... versions) {
        sliceVersions = List.of(versions);
    }

    private String groupOfSlices() {
        return sliceVersions.stream()
                .map(version -> """
                        {"groupVersion": "discovery.k8s.io/%1$s", "version": "%1$s"}""".formatted(version))
                .collect(Collectors.joining(", ", """
                        {"kind": "APIGroup", "apiVersion": "v1", "name": "discovery.k8s.io", "versions": [""", "]}"));
    }

    private static MockResponse notFound() {
        return new MockResponse().setResponseCode(404).setBody("404 page not found");
    }

    /** Tells of each resource that is applied, as JSON, before it is there. */
    public void onApply(Consumer<String> listener) {
        onApply = listener;
    }

    /** Answers instead of, or around, the usual. */
    public interface Disturbance {
        MockResponse answer(RecordedRequest request, Usual usual);
    }

    /** The usual answer. */
    public interface Usual {
        MockResponse apply(RecordedRequest request);
    }

    @Override
    public MockResponse dispatch(RecordedRequest request) {
        requests.add(request);
        return watches.follow(disturbance.answer(request, this::usual));
    }

    private MockResponse usual(RecordedRequest request) {
        String path = request.getPath().split("\\?")[0];
        if (path.equals(SLICES)) {
            return sliceVersions.isEmpty()
                    ? notFound()
                    : new MockResponse().setResponseCode(200).setBody(groupOfSlices());
        }
        if (path.startsWith(SLICES + "/") && !sliceVersions.contains(path.split("/")[3])) {
            return notFound();
        }
        boolean apply = request.method() == HttpMethod.PATCH && APPLY.equals(contentType(request));
        return apply ? apply(request) : pages.page(request, () -> store(request));
    }

    private MockResponse store(RecordedRequest request) {
        return watches.whileNoneCloses(() -> crud.dispatch(request));
    }

    public static String contentType(RecordedRequest request) {
        String header = request.getHeader("Content-Type");
        return header == null ? "" : header.split(";")[0];
    }

    /** Creates or replaces: enough for one manager that owns all it applies. */
    private MockResponse apply(RecordedRequest request) {
        String path = request.getPath().split("\\?")[0];
        String body = request.getUtf8Body();
        onApply.accept(body);
        MockResponse replaced = store(request(HttpMethod.PUT, path, body));
        if (replaced.code() != 404) {
            return replaced;
        }
        String collection = path.substring(0, path.lastIndexOf('/'));
        return store(request(HttpMethod.POST, collection, body));
    }

    private static RecordedRequest request(HttpMethod method, String path, String body) {
        Headers headers =
                Headers.builder().add("Content-Type", "application/json").build();
        return new RecordedRequest("HTTP/1.1", method, path, headers, new Buffer().writeUtf8(body));
    }

    /** Creates or replaces a resource, as someone else in the cluster would; those who watch are told. */
    public void put(HasMetadata resource) {
        String body = Serialization.asJson(resource);
        String path = path(resource);
        if (store(request(HttpMethod.PUT, path, body)).code() == 404) {
            store(request(HttpMethod.POST, path.substring(0, path.lastIndexOf('/')), body));
        }
    }

    /** {@link System#nanoTime()} just before the last event was sent to those who watch. */
    public long lastSentNanos() {
        return watches.lastSentNanos();
    }

    /** Deletes a resource. */
    public void delete(HasMetadata resource) {
        store(request(HttpMethod.DELETE, path(resource), ""));
    }

    private static String path(HasMetadata resource) {
        String version = resource.getApiVersion();
        return "%s/%s/namespaces/%s/%s/%s"
                .formatted(
                        version.contains("/") ? "/apis" : "/api",
                        version,
                        resource.getMetadata().getNamespace(),
                        resource.getPlural(),
                        resource.getMetadata().getName());
    }

    public List<RecordedRequest> requests() {
        return requests;
    }

    public FakeWatches watches() {
        return watches;
    }

    /** Answers as it says from now on. */
    public void disturb(Disturbance newDisturbance) {
        disturbance = newDisturbance;
    }

    /** Answers as usual from now on. */
    public void behave() {
        disturbance = (request, usual) -> usual.apply(request);
    }

    public void forgetWatches() {
        watches.forget();
    }
}
