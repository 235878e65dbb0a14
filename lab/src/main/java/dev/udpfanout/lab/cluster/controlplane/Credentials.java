package dev.udpfanout.lab.cluster.controlplane;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.UUID;

/**
 * Who may do what at the API server: tokens for the control plane's own parts, as kube-apiserver's
 * {@code --token-auth-file} reads them, and the key pair that signs the tokens of ServiceAccounts. The rights are those
 * of the built-in ClusterRoles.
 */
final class Credentials {
    private static final int KEY_BITS = 2048;
    private static final int MIME_LINE = 64;

    private final Path folder;
    private final String admin = UUID.randomUUID().toString();
    private final String controllerManager = UUID.randomUUID().toString();
    private final String proxy = UUID.randomUUID().toString();

    /** Writes tokens and keys into a folder. */
    Credentials(Path folder) throws IOException {
        this.folder = folder;
        Files.writeString(tokens(), """
                %s,admin,1,"system:masters"
                %s,system:kube-controller-manager,2
                %s,system:kube-proxy,3
                """.formatted(admin, controllerManager, proxy));
        KeyPair pair = keyPair();
        Files.writeString(signingKey(), pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
        Files.writeString(publicKey(), pem("PUBLIC KEY", pair.getPublic().getEncoded()));
    }

    Path tokens() {
        return folder.resolve("tokens.csv");
    }

    Path signingKey() {
        return folder.resolve("service-accounts.key");
    }

    Path publicKey() {
        return folder.resolve("service-accounts.pub");
    }

    /** The certificate that kube-apiserver signs itself, in this folder, when it first starts. */
    Path certificate() {
        return folder.resolve("apiserver.crt");
    }

    String adminToken() {
        return admin;
    }

    /** A kubeconfig file for an administrator. */
    Path adminConfig(String server) throws IOException {
        return kubeconfig("admin", server, admin);
    }

    /** A kubeconfig file for kube-controller-manager. */
    Path controllerManagerConfig(String server) throws IOException {
        return kubeconfig("controller-manager", server, controllerManager);
    }

    /** A kubeconfig file for kube-proxy. */
    Path proxyConfig(String server) throws IOException {
        return kubeconfig("proxy", server, proxy);
    }

    private Path kubeconfig(String name, String server, String token) throws IOException {
        return Files.writeString(
                folder.resolve(name + ".kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{ name: lab, cluster: { server: "%s", certificate-authority: "%s" } }]
                users: [{ name: %s, user: { token: "%s" } }]
                contexts: [{ name: lab, context: { cluster: lab, user: %s } }]
                current-context: lab
                """.formatted(server, certificate(), name, token, name));
    }

    private static KeyPair keyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(KEY_BITS);
            return generator.generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has RSA", e);
        }
    }

    private static String pem(String kind, byte[] der) {
        String text = Base64.getMimeEncoder(MIME_LINE, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(kind, text, kind);
    }
}
