package dev.udpfanout.bindings.abi.listener;

import dev.udpfanout.bindings.generated.abi.Abi;
import java.util.EnumSet;
import java.util.Set;

/**
 * What the kernel program does with a listener's datagrams beyond the rule: {@code UF_LISTENER_*}, where each is
 * explained.
 */
public enum ListenerFlag {
    PASS(Abi.UF_LISTENER_PASS()),
    HASH_SOURCE(Abi.UF_LISTENER_HASH_SOURCE()),
    HASH_SOURCE_PORT(Abi.UF_LISTENER_HASH_SOURCE_PORT()),
    ALLOW(Abi.UF_LISTENER_ALLOW()),
    RATE_LIMIT(Abi.UF_LISTENER_RATE_LIMIT()),
    REPLICATE(Abi.UF_LISTENER_REPLICATE()),
    MIRROR(Abi.UF_LISTENER_MIRROR()),
    REPLIES(Abi.UF_LISTENER_REPLIES()),
    REPLIES_BY_STACK(Abi.UF_LISTENER_REPLIES_BY_STACK());

    private final int bit;

    ListenerFlag(int bit) {
        this.bit = bit;
    }

    /** The bit in {@code uf_listener.flags}. */
    public int bit() {
        return bit;
    }

    static int bits(Set<ListenerFlag> flags) {
        return flags.stream().mapToInt(ListenerFlag::bit).sum();
    }

    static Set<ListenerFlag> of(int bits) {
        Set<ListenerFlag> flags = EnumSet.noneOf(ListenerFlag.class);
        for (ListenerFlag flag : values()) {
            if ((bits & flag.bit) != 0) {
                flags.add(flag);
            }
        }
        return flags;
    }
}
