package dev.udpfanout.loader.kubernetes.fake;

import dev.udpfanout.loader.kubernetes.api.ServiceName;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;

/** EndpointSlices as the endpoint-slice controller makes them. */
public final class Slices {
    public static final ServiceName SERVICE = new ServiceName("logging", "receivers");

    private Slices() {}

    /** A slice of the Service "receivers" in the namespace "logging", with one UDP port. */
    public static EndpointSlice ofService(String name, String portName, int port, Endpoint... endpoints) {
        return slice(name, "IPv4", endpoints)
                .addNewPort()
                .withName(portName)
                .withProtocol("UDP")
                .withPort(port)
                .endPort()
                .build();
    }

    public static EndpointSliceBuilder slice(String name, String addressType, Endpoint... endpoints) {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace(SERVICE.namespace())
                .withName(name)
                .addToLabels("kubernetes.io/service-name", SERVICE.name())
                .addToLabels("endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io")
                .endMetadata()
                .withAddressType(addressType)
                .withEndpoints(endpoints);
    }

    /** A pod that is ready. */
    public static Endpoint pod(String name, String address) {
        return pod(name, address, true, true, false);
    }

    /** The same pod with its UID. */
    public static Endpoint identified(String uid, Endpoint pod) {
        return new EndpointBuilder(pod)
                .editTargetRef()
                .withUid(uid)
                .endTargetRef()
                .build();
    }

    /** A pod with conditions, of which each may be absent. */
    public static Endpoint pod(String name, String address, Boolean ready, Boolean serving, Boolean terminating) {
        return new EndpointBuilder()
                .withAddresses(address)
                .withNewConditions()
                .withReady(ready)
                .withServing(serving)
                .withTerminating(terminating)
                .endConditions()
                .withNodeName("node-a")
                .withNewTargetRef()
                .withKind("Pod")
                .withName(name)
                .endTargetRef()
                .build();
    }
}
