package dev.udpfanout.loader.datapath;

/**
 * How one of a listener's interfaces is served at the moment.
 *
 * @param name the interface
 * @param attached whether the listener's datagrams that come by it reach the datapath; not if it is not there
 * @param attachment how, for example {@code "tcx"}; empty if they do not
 */
public record InterfaceState(String name, boolean attached, String attachment) {}
