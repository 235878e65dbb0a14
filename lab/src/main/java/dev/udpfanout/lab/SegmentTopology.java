package dev.udpfanout.lab;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Several nodes and a client on one Ethernet segment, as {@link SegmentPlan} says. Nothing in it reaches the machine's
 * own network. It is removed by {@link #close}, at the JVM's exit, or, after a SIGKILL, by the next run.
 */
public final class SegmentTopology implements AutoCloseable {
    private final SegmentPlan plan;
    private final RunNamespaces namespaces;

    private SegmentTopology(SegmentPlan plan) {
        this.plan = plan;
        this.namespaces = RunNamespaces.named(plan.roles());
    }

    /**
     * Builds it.
     *
     * @throws IllegalStateException without root
     * @throws dev.udpfanout.lab.process.CommandFailedException if the kernel or a tool refuses; nothing is left behind
     */
    public static SegmentTopology build(SegmentPlan plan) {
        SegmentTopology topology = new SegmentTopology(plan);
        topology.namespaces.establish(
                role -> role.matches("node\\d+"), plan.ipv6(), plan.batches(topology.namespaces.run()));
        return topology;
    }

    /** The plan that this follows. */
    public SegmentPlan plan() {
        return plan;
    }

    /** The machine outside the cluster that sends. */
    public LabNamespace client() {
        return namespaces.get("client");
    }

    /** Where the bridge is to which client and nodes are connected: their ports are named after their roles. */
    public LabNamespace segment() {
        return namespaces.get("segment");
    }

    /** A node, from 1. */
    public LabNamespace node(int node) {
        return namespaces.get("node" + node);
    }

    /** The pods of a node, the first one first. */
    public List<LabNamespace> pods(int node) {
        return IntStream.rangeClosed(1, plan.pods())
                .mapToObj(pod -> namespaces.get(SegmentPlan.podRole(node, pod)))
                .toList();
    }

    /**
     * A folder in bpffs for what a node's daemon pins: not there yet, and removed with the topology. Mounts bpffs if
     * need be.
     */
    public Path pinDirectory(int node) {
        return RunNamespaces.pinDirectory(node(node));
    }

    /** Ends what was started in the namespaces, then removes them; a second call does nothing. */
    @Override
    public void close() {
        namespaces.close();
    }
}
