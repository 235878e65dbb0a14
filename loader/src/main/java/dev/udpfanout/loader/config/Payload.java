package dev.udpfanout.loader.config;

/** What a listener's datagrams carry, where that decides which receivers get them. */
public enum Payload {
    /** Whatever it is: the policy alone decides. */
    NONE,
    /**
     * NetFlow v9 (RFC 3954) and IPFIX (RFC 7011): templates to every receiver, each record to one, in turn. Any other
     * datagram goes in turn as it is.
     */
    NETFLOW,
    /**
     * StatsD: a metric goes to the receiver that its name leads to, with {@link Policy#HASH}. A datagram of several
     * metrics is cut by name in user space; in the kernel it goes by its first.
     */
    STATSD
}
