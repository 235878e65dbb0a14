package dev.udpfanout.bindings.abi;

import dev.udpfanout.bindings.generated.abi.Abi;

/** How much the kernel program's maps hold, and which layout they have. */
public final class Limits {
    /** The most slots; a program has these, or as many as a configuration file may use. */
    public static final int MAX_LISTENERS = Abi.UF_MAX_LISTENERS();

    /** Listeners and mirrors of a configuration file. */
    public static final int MAX_LISTENERS_OF_FILE = Abi.UF_LISTENERS_OF_FILE();

    public static final int MAX_ENDPOINTS_PER_LISTENER = Abi.UF_MAX_ENDPOINTS();
    /** Keys of LISTENERS beside the most slots. */
    public static final int MAX_LISTENER_KEYS = Abi.UF_MAX_LISTENER_KEYS();

    /** Keys of LISTENERS beside {@link #MAX_LISTENERS_OF_FILE}. */
    public static final int LISTENER_KEYS_OF_FILE = Abi.UF_LISTENER_KEYS_OF_FILE();

    public static final int MAX_LOCAL_ADDRESSES = Abi.UF_MAX_LOCAL_ADDRESSES();

    public static final int MAX_LISTENERS_IN_SET = Abi.UF_MAX_LISTENERS_IN_SET();

    /** Receivers of one datagram where each gets a copy. */
    public static final int MAX_COPIES = Abi.UF_MAX_COPIES();

    /** Bytes of a metric's name that count. */
    public static final int MAX_NAME_BYTES = Abi.UF_MAX_NAME_BYTES();

    /** Endpoints of a listener that goes by a hash. */
    public static final int MAX_HASHED_ENDPOINTS = Abi.UF_MAX_HASH_ENDPOINTS();

    /** Veths with endpoints of this node behind them. */
    public static final int MAX_PEERS = Abi.UF_MAX_PEERS();

    /** Endpoints that flows stay with, of all listeners with replies together. */
    public static final int MAX_FLOW_ENDPOINTS = Abi.UF_MAX_FLOW_ENDPOINTS();

    /** Prefixes of allowed sources, of all listeners together. */
    public static final int MAX_ALLOWED_SOURCES = Abi.UF_MAX_ALLOWED_SOURCES();

    /** Prefixes of sources to which the routes are told apart by their next hops. */
    public static final int MAX_SOURCE_PREFIXES = Abi.UF_MAX_SOURCE_PREFIXES();

    /** Interfaces by which a route with several next hops leads, where each is told. */
    public static final int MAX_NEXT_HOPS = Abi.UF_MAX_NEXT_HOPS();

    /** One more than endpoints can be counted each by itself: element 0 is not used. */
    public static final int ENDPOINT_COUNTERS = Abi.UF_MAX_ENDPOINT_COUNTERS();

    /** Raised whenever the meaning or the layout of a map changes. */
    public static final int LAYOUT_VERSION = Abi.UF_LAYOUT_VERSION();

    private Limits() {}
}
