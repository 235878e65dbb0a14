package dev.udpfanout.forwarder.netflow;

/** Which endpoints a datagram is for. */
public enum Verdict {
    /** Of another version than NetFlow v9 and IPFIX: one, in turn. */
    NOT_NETFLOW,
    /** Its lengths lie, or a template says what none can say: one, in turn, as any datagram. */
    MALFORMED,
    /** Nothing but records: one, in turn. */
    DATA_ONLY,
    /** Nothing but templates, options templates and options data: all. */
    TEMPLATES_ONLY,
    /** Records and what all need: as it is to one, in turn, and without the records to the others. */
    BOTH
}
