package dev.udpfanout.loader.kubernetes.publish;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** Where the address comes from that a node publishes. */
interface AddressSource {
    /**
     * Chooses.
     *
     * @param slices all of the Service's, as far as they are known
     * @param applied this node's, as it was applied last: it may not be among the others yet
     * @return empty if every address that could be published is another node's
     */
    Optional<InetAddress> choose(List<EndpointSlice> slices, Optional<EndpointSlice> applied);

    /** Whether it depends on what others have published. */
    default boolean asksForSlices() {
        return true;
    }

    /** Always the same. */
    static AddressSource fixed(InetAddress address) {
        return new AddressSource() {
            @Override
            public Optional<InetAddress> choose(List<EndpointSlice> slices, Optional<EndpointSlice> applied) {
                return Optional.of(address);
            }

            @Override
            public boolean asksForSlices() {
                return false;
            }
        };
    }
}
