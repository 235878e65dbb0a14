package dev.udpfanout.loader.status;

/**
 * An interface on which annotated Services are served.
 *
 * @param name its name
 * @param role {@code "vips"} or {@code "pods"}: what comes in by it
 * @param reason why it is one of them, for people
 * @param attachment how the program is there, for example {@code "tcx"}; empty if it is not, or if the interface is
 *     also one of a listener's of the configuration file, which shows it
 * @param fault why the program is not there, if attaching it has failed; else empty
 */
public record ServiceInterface(String name, String role, String reason, String attachment, String fault) {}
