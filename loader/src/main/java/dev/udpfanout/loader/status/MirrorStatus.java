package dev.udpfanout.loader.status;

import java.util.List;

/**
 * Who gets copies of a listener's datagrams.
 *
 * @param sample of how many datagrams one is copied
 * @param counters what became of the copies
 * @param endpoints all that are known, in use or not
 */
public record MirrorStatus(int sample, TrafficCounters counters, List<EndpointStatus> endpoints) {
    public MirrorStatus {
        endpoints = List.copyOf(endpoints);
    }
}
