package dev.udpfanout.loader.kubernetes.discovery;

import java.util.Comparator;

/**
 * Something in a slice that cannot be used as it is. The rest of the slice, and all other slices, are used.
 *
 * @param kind what it is
 * @param slice the slice's name; empty if it is the Service as a whole
 * @param value what stands there, for the log; empty if nothing does
 * @param endpoints how many of the slice's endpoints are left out for it
 */
public record SliceFault(Kind kind, String slice, String value, int endpoints) {
    static final Comparator<SliceFault> ORDER = Comparator.comparing(SliceFault::slice)
            .thenComparing(SliceFault::kind)
            .thenComparing(SliceFault::value)
            .thenComparing(SliceFault::endpoints);

    /** What can be wrong. */
    public enum Kind {
        /** It has endpoints, but not the port that is looked for. */
        WITHOUT_PORT("no_port"),
        /** Its port is not in 1..65535: the API server does not refuse that. */
        BAD_PORT("bad_port"),
        /** An endpoint has no address that a datagram can be sent to. */
        BAD_ADDRESS("bad_address"),
        /** The Service has more endpoints than a listener takes. */
        TOO_MANY("too_many"),
        /** Its {@link SliceWeight} is none. Its endpoints are used with the weight 1. */
        BAD_WEIGHT("bad_weight");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** As metrics name it. */
        String label() {
            return label;
        }
    }
}
