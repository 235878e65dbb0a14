package dev.udpfanout.bindings.abi;

import java.nio.ByteOrder;

/** Between a port number and a {@code __be16} that is read or written as a short of the host's byte order. */
public final class NetworkOrder {
    private NetworkOrder() {}

    public static short swapped(int port) {
        short value = (short) port;
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? Short.reverseBytes(value) : value;
    }
}
