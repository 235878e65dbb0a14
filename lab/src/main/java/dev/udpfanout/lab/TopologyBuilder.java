package dev.udpfanout.lab;

/** What a {@link Topology} is to look like. */
public final class TopologyBuilder {
    private int pods = 3;
    private boolean verifyChecksums;
    private boolean ipv6;

    TopologyBuilder() {}

    /** How many pods; 3 if not said. */
    public TopologyBuilder pods(int count) {
        this.pods = count;
        return this;
    }

    /**
     * Whether datagrams carry full checksums on the wire and the pods' stacks verify them; if not, as between
     * containers, checksums stay partial (CHECKSUM_PARTIAL) and nobody looks at them.
     */
    public TopologyBuilder verifyChecksums(boolean verify) {
        this.verifyChecksums = verify;
        return this;
    }

    /**
     * Whether there is IPv6 beside IPv4, without duplicate address detection: {@link TopologyPlan}; if not, there is no
     * IPv6 on them at all.
     */
    public TopologyBuilder ipv6(boolean enabled) {
        this.ipv6 = enabled;
        return this;
    }

    /**
     * Builds it.
     *
     * @throws IllegalStateException without root
     * @throws dev.udpfanout.lab.process.CommandFailedException if the kernel or a tool refuses; nothing is left behind
     */
    public Topology build() {
        return Topology.create(new TopologyPlan(pods, ipv6), verifyChecksums);
    }
}
