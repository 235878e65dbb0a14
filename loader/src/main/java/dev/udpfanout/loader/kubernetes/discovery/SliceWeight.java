package dev.udpfanout.loader.kubernetes.discovery;

import dev.udpfanout.loader.config.ReceiverSet.Downstream;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The weight that an EndpointSlice gives each of its endpoints, for listeners that go by weights: an annotation of the
 * slice. The slices of Kubernetes' own controller have none; who writes slices of his own, one for each kind of
 * receiver, can put it there.
 */
final class SliceWeight {
    /** A whole number from 0, which drains, to {@link Downstream#MAX_WEIGHT}; 1 if it is not there. */
    static final String ANNOTATION = "udp-fanout.dev/weight";

    private static final int MAX_DIGITS = 4;

    private SliceWeight() {}

    /** The slice's weight; empty if the annotation is no weight. */
    static OptionalInt of(EndpointSlice slice) {
        Map<String, String> annotations = slice.getMetadata().getAnnotations();
        String text = annotations == null ? null : annotations.get(ANNOTATION);
        if (text == null) {
            return OptionalInt.of(1);
        }
        if (!text.matches("\\d{1," + MAX_DIGITS + "}")) {
            return OptionalInt.empty();
        }
        int weight = Integer.parseInt(text);
        return weight <= Downstream.MAX_WEIGHT ? OptionalInt.of(weight) : OptionalInt.empty();
    }
}
