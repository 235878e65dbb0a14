package dev.udpfanout.loader.datapath.kernel.frames;

import dev.udpfanout.lab.MacAddress;
import dev.udpfanout.lab.frames.Udp6Frame;
import dev.udpfanout.lab.frames.UdpFrame;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Frames of every kind, mostly near to what a listener takes: right ones, ones wrong in some places, cut ones, noise.
 */
final class FrameGenerator {
    private static final int MIN_IPV4_FRAME = 34;
    private static final int MIN_IPV6_FRAME = 54;
    private static final int[] EXTENSIONS = {0, 43, 44, 51, 60, 60, 60, 59, 135};
    private static final int HEADERS = 90;

    private final SplittableRandom random;
    private final List<InetSocketAddress> destinations;
    private final List<InetAddress> sources;

    FrameGenerator(long seed, List<InetSocketAddress> destinations, List<InetAddress> sources) {
        this.random = new SplittableRandom(seed);
        this.destinations = destinations;
        this.sources = sources;
    }

    byte[] next() {
        InetSocketAddress to = destinations.get(random.nextInt(destinations.size()));
        boolean ipv6 = to.getAddress() instanceof Inet6Address;
        byte[] frame = ipv6 ? ipv6(to) : ipv4(to);
        int kind = random.nextInt(16);
        if (kind < 6) {
            for (int i = random.nextInt(4); i >= 0; i--) {
                int at = random.nextInt(Math.min(frame.length, HEADERS));
                frame[at] =
                        random.nextBoolean() ? (byte) random.nextInt() : (byte) (frame[at] ^ 1 << random.nextInt(8));
            }
        } else if (kind == 6) {
            frame = Arrays.copyOf(frame, random.nextInt(20, frame.length + 1));
        } else if (kind == 7) {
            // Ethernet pads what is too short.
            frame = Arrays.copyOf(frame, frame.length + random.nextInt(50));
        } else if (kind == 8 && random.nextInt(8) == 0) {
            random.nextBytes(frame);
        }
        // The kernel takes nothing for a test run that has not the whole of the header that its type promises.
        return Arrays.copyOf(frame, Math.max(frame.length, frame[12] == 8 ? MIN_IPV4_FRAME : MIN_IPV6_FRAME));
    }

    private byte[] payload() {
        int size =
                switch (random.nextInt(16)) {
                    case 0 -> random.nextInt(1600);
                    case 1, 2 -> random.nextInt(1430, 1530);
                    default -> random.nextInt(64);
                };
        byte[] payload = new byte[size];
        random.nextBytes(payload);
        return payload;
    }

    private InetSocketAddress source(boolean ipv6) {
        InetAddress source;
        do {
            source = sources.get(random.nextInt(sources.size()));
        } while (source instanceof Inet6Address != ipv6);
        return new InetSocketAddress(source, random.nextInt(65_536));
    }

    private byte[] ipv4(InetSocketAddress to) {
        UdpFrame frame = UdpFrame.between(source(false), to)
                .link(new MacAddress(random.nextLong(1L << 48)), new MacAddress(0))
                .payload(payload())
                .tos(random.nextInt(256))
                .ttl(hops())
                .identification(random.nextInt(65_536));
        if (random.nextInt(4) == 0) {
            byte[] options = new byte[4 * random.nextInt(1, 11)];
            random.nextBytes(options);
            frame.ipOptions(options);
        }
        switch (random.nextInt(16)) {
            case 0 -> frame.udpChecksum(0);
            case 1 -> frame.udpChecksum(random.nextInt(65_536));
            case 2 -> frame.ipChecksum(random.nextInt(65_536));
            case 3 -> frame.udpLength(random.nextInt(200));
            case 4 -> frame.totalLength(random.nextInt(200));
            case 5 -> frame.fragment(0, true);
            case 6 -> frame.fragment(8 * random.nextInt(0x2000), random.nextBoolean());
            case 7, 8, 9 -> frame.fragment(0, false);
            default -> {}
        }
        return frame.build();
    }

    private byte[] ipv6(InetSocketAddress to) {
        Udp6Frame frame = Udp6Frame.between(source(true), to)
                .link(new MacAddress(random.nextLong(1L << 48)), new MacAddress(0))
                .payload(payload())
                .trafficClass(random.nextInt(256))
                .flowLabel(random.nextInt(1 << 20))
                .hopLimit(hops());
        for (int i = random.nextInt(3) == 0 ? random.nextInt(8) : 0; i > 0; i--) {
            byte[] bytes = new byte[8 * random.nextInt(3) + 6];
            random.nextBytes(bytes);
            int type = EXTENSIONS[random.nextInt(EXTENSIONS.length)];
            if (type == Udp6Frame.ROUTING && random.nextBoolean()) {
                bytes[1] = 0;
            }
            if (type == Udp6Frame.FRAGMENT) {
                bytes = Arrays.copyOf(bytes, 6);
                if (random.nextInt(4) > 0) {
                    bytes[0] = 0;
                    bytes[1] = (byte) random.nextInt(2);
                }
            }
            frame.extension(type, bytes);
        }
        switch (random.nextInt(16)) {
            case 0 -> frame.udpChecksum(0);
            case 1 -> frame.udpChecksum(random.nextInt(65_536));
            case 2 -> frame.udpLength(random.nextInt(200));
            case 3 -> frame.payloadLength(random.nextInt(200));
            case 4 -> frame.lastType(random.nextInt(256));
            default -> {}
        }
        return frame.build();
    }

    private int hops() {
        return random.nextInt(8) == 0 ? random.nextInt(3) : random.nextInt(256);
    }
}
