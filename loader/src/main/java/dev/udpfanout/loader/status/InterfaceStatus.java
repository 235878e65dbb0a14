package dev.udpfanout.loader.status;

/**
 * One interface on which a listener stands.
 *
 * @param name as the configuration has it
 * @param attached whether the listener's datagrams that come by it get to the listener
 * @param attachment how, for example {@code "tcx"}; empty if they do not
 */
public record InterfaceStatus(String name, boolean attached, String attachment) {}
