package dev.udpfanout.loader.kubernetes.api;

/**
 * Which Service.
 *
 * @param namespace where it is
 * @param name its name there
 */
public record ServiceName(String namespace, String name) {
    /** As people write it: {@code namespace/name}. */
    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
