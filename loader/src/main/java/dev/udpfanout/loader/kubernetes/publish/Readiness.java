package dev.udpfanout.loader.kubernetes.publish;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditionsBuilder;

/** What a node can say of itself in its EndpointSlice. */
enum Readiness {
    /** Send datagrams here. */
    READY,
    /** Do not. */
    NOT_READY,
    /**
     * Stop sending datagrams here; those that come all the same are still served. "serving" is left out: MetalLB then
     * takes it to be as "ready" and withdraws the VIP, while kube-proxy takes it to be true, and sends what still
     * arrives on this node to a terminating endpoint that serves, rather than drop it.
     */
    WITHDRAWN;

    EndpointConditions conditions() {
        return switch (this) {
            case READY -> conditions(true, true, false);
            case NOT_READY -> conditions(false, false, false);
            case WITHDRAWN -> conditions(false, null, true);
        };
    }

    private static EndpointConditions conditions(boolean ready, Boolean serving, boolean terminating) {
        return new EndpointConditionsBuilder()
                .withReady(ready)
                .withServing(serving)
                .withTerminating(terminating)
                .build();
    }
}
