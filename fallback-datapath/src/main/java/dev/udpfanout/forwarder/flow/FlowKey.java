package dev.udpfanout.forwarder.flow;

/**
 * What makes datagrams one flow: the client's address and port, and the address of the listener's that it sends to. One
 * object is filled anew for each datagram; a flow keeps a copy.
 */
public final class FlowKey {
    private static final long IPV4_MAPPED = 0xffff_0000_0000L;
    private static final long MULTIPLIER = 0x9e37_79b9_7f4a_7c15L;

    private long clientHigh;
    private long clientLow;
    private int clientScope;
    private int clientPort;
    private long localHigh;
    private long localLow;

    /** An IPv4 client, its address in host byte order. */
    public void setIpv4Client(int address, int port) {
        setIpv6Client(0, mapped(address), 0, port);
    }

    /**
     * An IPv6 client.
     *
     * @param high the address's first eight bytes, in host byte order
     * @param low its last eight
     * @param scope the interface of a link-local address, else 0
     */
    public void setIpv6Client(long high, long low, int scope, int port) {
        clientHigh = high;
        clientLow = low;
        clientScope = scope;
        clientPort = port;
    }

    /** The IPv4 address that the client sends to, in host byte order. */
    public void setIpv4Local(int address) {
        setIpv6Local(0, mapped(address));
    }

    /** The IPv6 address that the client sends to; 0, 0 where the listener has one address only. */
    public void setIpv6Local(long high, long low) {
        localHigh = high;
        localLow = low;
    }

    private static long mapped(int address) {
        return IPV4_MAPPED | Integer.toUnsignedLong(address);
    }

    /** First eight bytes of the client's address, in host byte order; 0 for IPv4. */
    public long clientHigh() {
        return clientHigh;
    }

    /** Last eight bytes of the client's address, in host byte order; IPv4 as v4-mapped. */
    public long clientLow() {
        return clientLow;
    }

    /** The client's port. */
    public int clientPort() {
        return clientPort;
    }

    FlowKey copy() {
        FlowKey copy = new FlowKey();
        copy.setIpv6Client(clientHigh, clientLow, clientScope, clientPort);
        copy.setIpv6Local(localHigh, localLow);
        return copy;
    }

    boolean matches(FlowKey other) {
        return clientLow == other.clientLow
                && clientPort == other.clientPort
                && clientHigh == other.clientHigh
                && localLow == other.localLow
                && localHigh == other.localHigh
                && clientScope == other.clientScope;
    }

    /** @param seed not known to clients: so that they cannot choose ports that all have one hash */
    int hash(long seed) {
        long hash = mixed(seed ^ clientLow);
        hash = mixed(hash ^ clientHigh);
        hash = mixed(hash ^ ((long) clientScope << Short.SIZE ^ clientPort));
        hash = mixed(hash ^ localLow ^ localHigh);
        return (int) (hash >>> Integer.SIZE);
    }

    private static long mixed(long value) {
        long mixed = (value ^ value >>> 32) * MULTIPLIER;
        return mixed ^ mixed >>> 29;
    }
}
