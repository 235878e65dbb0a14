package dev.udpfanout.bindings.abi.netflow;

import dev.udpfanout.bindings.abi.MappedAddress;
import dev.udpfanout.bindings.generated.abi.uf_netflow_share;
import dev.udpfanout.bindings.map.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;

/**
 * What the addresses that fall on one element of NETFLOW_SHARES have: {@code struct uf_netflow_share}.
 *
 * @param messages in TEMPLATES
 * @param options in OPTIONS_TEMPLATES
 */
public record NetflowShare(int messages, int options) {
    public static final NetflowShare NONE = new NetflowShare(0, 0);

    public static final Codec<NetflowShare> CODEC = new Codec<>(
            uf_netflow_share.layout(),
            (share, allocator) -> {
                MemorySegment to = allocator.allocate(uf_netflow_share.layout());
                uf_netflow_share.messages(to, share.messages);
                uf_netflow_share.options(to, share.options);
                return to;
            },
            from -> new NetflowShare(uf_netflow_share.messages(from), uf_netflow_share.options(from)));

    /** UF_SHARE_BITS of netflow_templates.h. */
    private static final int BITS = 12;

    private static final int MULTIPLIER = 0x9e3779b1;

    /** How many elements there are. */
    public static final int COUNT = 1 << BITS;

    /** Which element is an address's: uf_netflow_share of netflow_templates.h. */
    public static int indexOf(InetAddress address) {
        MemorySegment mapped = MemorySegment.ofArray(new int[MappedAddress.BYTES / Integer.BYTES]);
        MappedAddress.write(address, mapped);
        int sum = 0;
        for (int at = 0; at < MappedAddress.BYTES; at += Integer.BYTES) {
            sum ^= mapped.get(ValueLayout.JAVA_INT, at);
        }
        return sum * MULTIPLIER >>> (Integer.SIZE - BITS);
    }

    public NetflowShare plusMessage() {
        return new NetflowShare(messages + 1, options);
    }

    public NetflowShare plusOptions() {
        return new NetflowShare(messages, options + 1);
    }
}
