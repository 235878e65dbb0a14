package dev.udpfanout.lab.cluster.node;

import dev.udpfanout.lab.cluster.controlplane.ControlPlane;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The files that a kubelet keeps for a pod's ServiceAccount: token, ca.crt and namespace. The token is had by
 * TokenRequest.
 */
public final class ServiceAccountMount {
    private static final long EXPIRATION_SECONDS = 3600;

    private final ControlPlane controlPlane;
    private final Pod pod;
    private final Path folder;

    ServiceAccountMount(ControlPlane controlPlane, Pod pod, Path folder) throws IOException {
        this.controlPlane = controlPlane;
        this.pod = pod;
        this.folder = folder;
        Files.copy(controlPlane.certificate(), folder.resolve("ca.crt"), StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(folder.resolve("namespace"), pod.getMetadata().getNamespace());
    }

    Path folder() {
        return folder;
    }

    /** Writes a new token that holds for an hour, or until the pod is gone. */
    public void renew() throws IOException {
        renewBoundTo("Pod", pod.getMetadata().getName(), pod.getMetadata().getUid());
    }

    /**
     * Writes a new token that ends with an object.
     *
     * @param kind Pod or Secret, in the pod's namespace
     */
    public void renewBoundTo(String kind, String name, String uid) throws IOException {
        TokenRequest request = new TokenRequestBuilder()
                .withNewSpec()
                .withExpirationSeconds(EXPIRATION_SECONDS)
                .withNewBoundObjectRef("v1", kind, name, uid)
                .endSpec()
                .build();
        String token = controlPlane
                .client()
                .serviceAccounts()
                .inNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getSpec().getServiceAccountName())
                .tokenRequest(request)
                .getStatus()
                .getToken();
        // At once, as the kubelet does: nobody reads half a token.
        Path written = Files.writeString(folder.resolve("token.new"), token);
        Files.move(written, folder.resolve("token"), StandardCopyOption.ATOMIC_MOVE);
    }
}
