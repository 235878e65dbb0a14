package dev.udpfanout.loader.datapath.probe;

import dev.udpfanout.forwarder.transport.Support;

/**
 * One thing that was looked at.
 *
 * @param capability what, for example {@code "helper redirect_neigh"}
 * @param neededBy which mode or setting needs it
 * @param need how much
 * @param support whether it is there, or why not, or why that could not be told
 */
public record Finding(String capability, String neededBy, Need need, Support support) {
    /** What its absence means. */
    public enum Need {
        /** Without it there is no kernel datapath. */
        KERNEL,
        /** Of all with this need, one is enough for the kernel datapath. */
        KERNEL_ATTACHMENT,
        /** Something else is used in its place. */
        OPTIONAL
    }

    /** {@code "yes"}, {@code "no"} or {@code "unknown"}. */
    public String answer() {
        return switch (support) {
            case Support.Supported yes -> "yes";
            case Support.Unsupported no -> "no";
            case Support.Unknown unknown -> "unknown";
        };
    }

    /** Why it is not there or could not be told; empty if it is there. */
    public String why() {
        return switch (support) {
            case Support.Supported yes -> "";
            case Support.Unsupported(String why) -> why;
            case Support.Unknown(String why) -> why;
        };
    }
}
