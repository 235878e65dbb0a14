package dev.udpfanout.loader.datapath.network;

import dev.udpfanout.bindings.xfrm.XfrmPolicies;
import dev.udpfanout.bindings.xfrm.XfrmPolicy;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which listeners have an endpoint that an IPsec policy is for. The program's redirect goes past such policies, so
 * these listeners' datagrams are given their endpoint, and sent on by the stack.
 */
public final class IpsecPolicies {
    private static final Logger LOG = LoggerFactory.getLogger(IpsecPolicies.class);

    private final Set<String> covered = new HashSet<>();
    private List<XfrmPolicy> policies = List.of();

    /** Learns the policies of the calling thread's network namespace. */
    public void read() {
        policies = XfrmPolicies.outward();
    }

    /** Whether there is none at all. */
    public boolean isEmpty() {
        return policies.isEmpty();
    }

    /** Whether a policy was for one of a listener's endpoints, when it was asked last. */
    public boolean cover(String listener) {
        return covered.contains(listener);
    }

    /**
     * Whether a policy is for one of a listener's endpoints. Logged when that changes.
     *
     * @param endpoints the listener's, and its mirror's
     */
    public boolean covers(String listener, Stream<InetSocketAddress> endpoints) {
        boolean covers =
                endpoints.anyMatch(endpoint -> policies.stream().anyMatch(policy -> policy.coversUdpTo(endpoint)));
        if (covers ? covered.add(listener) : covered.remove(listener)) {
            LOG.atWarn()
                    .addKeyValue("listener", listener)
                    .log(
                            covers
                                    ? "an IPsec policy is for an endpoint: the kernel's stack sends the datagrams on"
                                    : "no IPsec policy is for an endpoint any more: the program sends the datagrams on");
        }
        return covers;
    }
}
