package dev.udpfanout.loader.kubernetes.services;

/**
 * A Service that is annotated, but cannot be served as it is; kube-proxy goes on. The message says why, and the mend.
 */
final class RefusedServiceException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedServiceException(String message) {
        super(message);
    }
}
