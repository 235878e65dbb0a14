package dev.udpfanout.loader.config;

import java.util.Optional;

/**
 * Receivers that are the endpoints of a Kubernetes Service.
 *
 * @param namespace the Service's; empty for the pod's own, which is known at run time only
 * @param service the Service's name
 * @param port which port of the endpoints receives
 */
public record KubernetesSource(Optional<String> namespace, String service, Port port) {

    /** A port of a Service's endpoints. */
    public sealed interface Port {
        /**
         * By its number.
         *
         * @param number 1 to 65535
         */
        record Number(int number) implements Port {
            @Override
            public String toString() {
                return Integer.toString(number);
            }
        }

        /**
         * By the name that the Service gives it; each EndpointSlice says which number that is.
         *
         * @param name a DNS label
         */
        record Name(String name) implements Port {
            @Override
            public String toString() {
                return name;
            }
        }
    }
}
