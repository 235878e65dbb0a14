package dev.udpfanout.loader.daemon;

import dev.udpfanout.loader.status.PublicationStatus;
import dev.udpfanout.loader.status.WatchStatus;
import java.util.Map;

/**
 * How it goes with Kubernetes.
 *
 * @param watches all of them taken together
 * @param published for each listener that publishes, what the API server has of this node
 */
record KubernetesStatus(WatchStatus watches, Map<String, PublicationStatus> published) {
    KubernetesStatus {
        published = Map.copyOf(published);
    }
}
