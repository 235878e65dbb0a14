package dev.udpfanout.loader.doctor.kubernetes;

import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.kubernetes.api.Reason;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;

/** A request to the API server that failed, as a finding. */
final class ApiFailure {
    private static final int FORBIDDEN = 403;
    private static final int UNAUTHORIZED = 401;

    private ApiFailure() {}

    /**
     * Without a right only this cannot be looked at; without an answer nothing can.
     *
     * @param what was asked for, for example {@code "Service logging/syslog"}
     * @param look what shows it to somebody who may
     */
    static Diagnosis of(KubernetesClient client, String check, String what, String look, KubernetesClientException e) {
        if (e.getCode() == FORBIDDEN) {
            return Diagnosis.notChecked(
                    check, what + ": the API server does not let this account look (HTTP 403)", "look with: " + look);
        }
        if (e.getCode() > 0 && e.getCode() != UNAUTHORIZED) {
            return Diagnosis.notChecked(
                    check,
                    what + ": the API server answers HTTP " + e.getCode() + ": " + status(e),
                    "look with: " + look);
        }
        String why =
                e.getCode() == UNAUTHORIZED ? "does not know this account (HTTP 401)" : "does not answer: " + why(e);
        return Diagnosis.warning(
                "api_server",
                "the API server at " + client.getMasterUrl() + " " + why,
                "receivers and VIPs stay as they were; changes of them are not followed",
                "kubectl get --raw /readyz from this node; what stands between it and the API server's address");
    }

    /** The JDK's HTTP client says of a refused connection that a channel was closed. */
    private static String why(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case HttpConnectTimeoutException late -> {
                    return "no connection in time";
                }
                case ConnectException refused -> {
                    String text = refused.getMessage();
                    return text == null || text.isBlank() ? "connection refused" : text;
                }
                case UnresolvedAddressException unknown -> {
                    return "its name is not known";
                }
                default -> {
                    // What it was caused by may say more.
                }
            }
        }
        return Reason.of(failure).lines().findFirst().orElse("");
    }

    private static String status(KubernetesClientException e) {
        return e.getStatus() == null
                ? Reason.of(e)
                : String.valueOf(e.getStatus().getMessage());
    }
}
