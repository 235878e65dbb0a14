package dev.udpfanout.loader.datapath;

/**
 * How one listener is served at the moment.
 *
 * @param mode {@code "tc_ebpf"} or {@code "userspace"}
 * @param modeReason why this one: {@code "configured"}, or what made it fall back
 * @param attached whether its datagrams reach the datapath
 * @param attachment how, for example {@code "tcx"}; empty if they do not
 */
public record ListenerState(String mode, String modeReason, boolean attached, String attachment) {
    public static final String TC_EBPF = "tc_ebpf";
    public static final String USERSPACE = "userspace";
    public static final String CONFIGURED = "configured";
}
