package dev.udpfanout.loader.datapath.kernel;

/** A program on a hook. Closing it takes the program off and leaves everyone else's. */
interface Attachment extends AutoCloseable {
    /** Whether the program is still where we put it; false after someone else removed it, or the interface went. */
    boolean isAttached();

    /** {@code "tcx"} or {@code "clsact"}. */
    String method();

    @Override
    void close();
}
