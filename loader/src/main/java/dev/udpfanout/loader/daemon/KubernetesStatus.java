package dev.udpfanout.loader.daemon;

import dev.udpfanout.loader.status.WatchStatus;
import java.util.Map;

/**
 * How it goes with Kubernetes.
 *
 * @param watches all of them taken together
 * @param published for each listener that publishes, whether the API server has what is to be said of this node
 */
record KubernetesStatus(WatchStatus watches, Map<String, Boolean> published) {
    KubernetesStatus {
        published = Map.copyOf(published);
    }
}
