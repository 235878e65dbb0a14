package dev.udpfanout.lab.differential.service;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** Annotated Services and their EndpointSlices, as an API server lists them, in the namespace logging. */
public final class AnnotatedObjects {
    private static final String LIST = """
            {"kind":"%s","apiVersion":"%s","metadata":{"resourceVersion":"1"},"items":[%s]}
            """;
    private static final String SERVICE = """
            {"metadata":{"name":"%1$s","namespace":"logging","uid":"%1$s","resourceVersion":"1","annotations":{%2$s}},
            "spec":{"type":"LoadBalancer","clusterIP":"%3$s","clusterIPs":["%3$s"],
            "ports":[{"name":"%1$s","protocol":"UDP","port":%4$d,"targetPort":%4$d}]},
            "status":{"loadBalancer":{"ingress":[{"ip":"%5$s"}]}}}
            """;
    private static final String SLICE = """
            {"metadata":{"name":"%1$s-%2$d","namespace":"logging","resourceVersion":"1",
            "labels":{"kubernetes.io/service-name":"%1$s"},"annotations":{"udp-fanout.dev/weight":"%2$d"}},
            "addressType":"%3$s","ports":[{"name":"%4$s","protocol":"UDP","port":%5$d}],
            "endpoints":[{"addresses":["%6$s"],"conditions":{"ready":true},"nodeName":"%7$s"}]}
            """;

    private final String clusterIp;
    private final String vip;
    private final List<String> services = new ArrayList<>();
    private final List<String> slices = new ArrayList<>();

    /** Services that have the same addresses, and ports of their own. */
    public AnnotatedObjects(String clusterIp, String vip) {
        this.clusterIp = clusterIp;
        this.vip = vip;
    }

    /**
     * Adds a Service with one UDP port, which has its name.
     *
     * @param annotations as members of a JSON object
     */
    public void addService(String name, String annotations, int port) {
        services.add(SERVICE.formatted(name, annotations, clusterIp, port, vip));
    }

    /**
     * Adds an endpoint, in a slice of its own, whose number is its weight.
     *
     * @param number from 1, of the Service's endpoints
     */
    public void addEndpoint(String service, String portName, int number, InetSocketAddress endpoint, String node) {
        String host = endpoint.getAddress().getHostAddress();
        slices.add(SLICE.formatted(
                service, number, host.contains(":") ? "IPv6" : "IPv4", portName, endpoint.getPort(), host, node));
    }

    /** A ServiceList. */
    public String services() {
        return LIST.formatted("ServiceList", "v1", String.join(",", services));
    }

    /** An EndpointSliceList. */
    public String slices() {
        return LIST.formatted("EndpointSliceList", "discovery.k8s.io/v1", String.join(",", slices));
    }
}
