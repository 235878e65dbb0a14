package dev.udpfanout.bindings.abi;

import dev.udpfanout.bindings.generated.abi.Abi;

/** How much the kernel program's maps hold. */
public final class Limits {
    public static final int MAX_LISTENERS = Abi.UF_MAX_LISTENERS();
    public static final int MAX_ENDPOINTS_PER_LISTENER = Abi.UF_MAX_ENDPOINTS();
    public static final int MAX_LISTENER_KEYS = Abi.UF_MAX_LISTENER_KEYS();
    public static final int MAX_LOCAL_ADDRESSES = Abi.UF_MAX_LOCAL_ADDRESSES();

    public static final int MAX_LISTENERS_IN_SET = Abi.UF_MAX_LISTENERS_IN_SET();

    private Limits() {}
}
