package dev.udpfanout.loader.kubernetes.fake;

import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;

/** What the lab's API server answers of access, policies and the node: all is well, until a fault says else. */
public final class ApiAnswers {
    private static final String REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    private static final String POLICIES = "/networkpolicies";
    private static final String NODE = "/api/v1/nodes/node-a";

    private volatile String denied = "nothing";
    private volatile String policies = "";
    private volatile boolean isExcluded;

    /** Accounts may do everything but this, a verb or resource. */
    public void deny(String verbOrResource) {
        denied = verbOrResource;
    }

    /** @param items NetworkPolicies of any namespace, in JSON */
    public void setPolicies(String items) {
        policies = items;
    }

    /** Whether the Node has the label that keeps load balancers away. */
    public void exclude(boolean isToBe) {
        isExcluded = isToBe;
    }

    /** To be given to {@link FakeApi#disturb}. */
    public MockResponse answer(RecordedRequest request, FakeApi.Usual usual) {
        String path = request.getPath().split("\\?")[0];
        if (path.equals(REVIEWS)) {
            boolean allowed = !request.getUtf8Body().contains("\"" + denied + "\"");
            return json("{\"status\":{\"allowed\":" + allowed + "}}");
        }
        if (isExcluded && path.equals(NODE)) {
            return json("""
                    {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-a",
                      "labels": {"node.kubernetes.io/exclude-from-external-load-balancers": ""}}}""");
        }
        return path.endsWith(POLICIES) ? json("{\"items\":[" + policies + "]}") : usual.apply(request);
    }

    private static MockResponse json(String body) {
        return new MockResponse()
                .setResponseCode(200)
                .addHeader("Content-Type", "application/json")
                .setBody(body);
    }
}
