package dev.udpfanout.forwarder.worker.nio;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;

/**
 * Opens channels whose packets routers may cut. A router's word that a packet is too large comes to us, who cannot pass
 * it on to the client, so nobody would learn from it.
 */
final class OpenChannel {
    /** Of jdk.net.ExtendedSocketOptions; by its name, as a runtime image may lack that module. */
    private static final String DONT_FRAGMENT = "IP_DONTFRAGMENT";

    private OpenChannel() {}

    /** A channel of the address's family. */
    static DatagramChannel of(InetSocketAddress address) throws IOException {
        DatagramChannel channel = DatagramChannel.open(family(address));
        try {
            for (SocketOption<?> option : channel.supportedOptions()) {
                if (option.name().equals(DONT_FRAGMENT)) {
                    letPacketsBeCut(channel, option);
                }
            }
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @SuppressWarnings("unchecked") // whether there is to be DF is a Boolean: jdk.net.ExtendedSocketOptions
    private static void letPacketsBeCut(DatagramChannel channel, SocketOption<?> option) throws IOException {
        channel.setOption((SocketOption<Boolean>) option, false);
    }

    private static ProtocolFamily family(InetSocketAddress address) {
        return address.getAddress() instanceof Inet4Address
                ? StandardProtocolFamily.INET
                : StandardProtocolFamily.INET6;
    }
}
