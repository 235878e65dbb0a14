package dev.udpfanout.bindings.abi.endpoint;

import dev.udpfanout.bindings.generated.abi.uf_cursor;

/**
 * A value of the map CURSORS: where the round robin of one CPU and listener stands. All zero means that it has not
 * begun.
 */
public final class RoundRobinCursor {
    /** Bytes of one CPU's. */
    public static final long BYTES = uf_cursor.sizeof();

    private RoundRobinCursor() {}
}
