package dev.udpfanout.loader.status;

import java.util.List;

/**
 * Who gets copies of a listener's datagrams.
 *
 * @param sample of how many datagrams one is copied
 * @param counters what became of the copies
 * @param endpoints that are known, in use or not, as many as are shown
 * @param omitted what the other ones add up to
 */
public record MirrorStatus(
        int sample, TrafficCounters counters, List<EndpointStatus> endpoints, OmittedEndpoints omitted) {
    public MirrorStatus {
        endpoints = List.copyOf(endpoints);
    }

    /** One whose endpoints are all shown. */
    public MirrorStatus(int sample, TrafficCounters counters, List<EndpointStatus> endpoints) {
        this(sample, counters, endpoints, OmittedEndpoints.NONE);
    }
}
