package dev.udpfanout.loader.status;

/**
 * One interface on which a listener stands.
 *
 * @param name as the configuration has it
 * @param attached whether the listener's datagrams that come by it get to the listener
 * @param attachment how, for example {@code "tcx"}; empty if the program is not there
 * @param behind others' programs that run before the datapath's, in words; empty if there are none
 * @param shadowedBy those of them that keep the listener's datagrams from it; empty if there are none
 */
public record InterfaceStatus(String name, boolean attached, String attachment, String behind, String shadowedBy) {}
