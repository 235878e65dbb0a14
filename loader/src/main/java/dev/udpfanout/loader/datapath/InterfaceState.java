package dev.udpfanout.loader.datapath;

/**
 * How one of a listener's interfaces is served at the moment.
 *
 * @param name the interface
 * @param attached whether the listener's datagrams that come by it reach the datapath; not if it is not there
 * @param attachment how, for example {@code "tcx"}; empty if the program is not there
 * @param behind others' programs that run before the datapath's, in words; empty if there are none
 * @param shadowedBy those of them that keep the listener's datagrams from it; empty if there are none
 */
public record InterfaceState(String name, boolean attached, String attachment, String behind, String shadowedBy) {
    /** One on which the datapath's program is first, if it is there. */
    public InterfaceState(String name, boolean attached, String attachment) {
        this(name, attached, attachment, "", "");
    }

    /** The same, where another version's datapath takes the listener's datagrams. */
    public InterfaceState servedByOther() {
        return new InterfaceState(name, true, attachment, behind, shadowedBy);
    }
}
