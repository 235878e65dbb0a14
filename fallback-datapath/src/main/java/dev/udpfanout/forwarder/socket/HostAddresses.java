package dev.udpfanout.forwarder.socket;

import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The addresses of this host's interfaces with their prefixes, as they were when they were read: in the network
 * namespace of the thread that read them.
 */
public final class HostAddresses {
    private final List<InterfaceAddress> addresses;

    private HostAddresses(List<InterfaceAddress> addresses) {
        this.addresses = addresses;
    }

    /** Reads them. */
    public static HostAddresses read() throws SocketException {
        List<InterfaceAddress> all = new ArrayList<>();
        NetworkInterface.networkInterfaces()
                .flatMap(each -> each.getInterfaceAddresses().stream())
                .filter(Objects::nonNull)
                .forEach(all::add);
        return new HostAddresses(all);
    }

    /** Whether an address is this host's: what it sends to itself never leaves it. */
    public boolean isOwn(InetAddress address) {
        return address.isLoopbackAddress()
                || addresses.stream().anyMatch(each -> each.getAddress().equals(address));
    }

    /** Whether an address is in the prefix of an interface, and so reached without a router. */
    public boolean isOnLink(InetAddress address) {
        return isOwn(address) || addresses.stream().anyMatch(each -> hasPrefix(address, each));
    }

    private static boolean hasPrefix(InetAddress address, InterfaceAddress network) {
        byte[] one = address.getAddress();
        byte[] other = network.getAddress().getAddress();
        int bits = network.getNetworkPrefixLength();
        if (one.length != other.length || bits < 0 || bits > one.length * Byte.SIZE) {
            return false;
        }
        for (int i = 0; i < one.length; i++) {
            int counting = Math.clamp(bits - (long) i * Byte.SIZE, 0, Byte.SIZE);
            int mask = 0xff << Byte.SIZE - counting;
            if (((one[i] ^ other[i]) & mask & 0xff) != 0) {
                return false;
            }
        }
        return true;
    }
}
