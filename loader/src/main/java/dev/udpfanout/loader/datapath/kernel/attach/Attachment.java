package dev.udpfanout.loader.datapath.kernel.attach;

/** A program on a hook. Closing it takes the program off and leaves everyone else's. */
interface Attachment extends AutoCloseable {
    /** Whether the program is still where we put it; false after someone else removed it, or the interface went. */
    boolean isAttached();

    /** {@code "tcx"} or {@code "clsact"}. */
    String method();

    /** Whether the program took the place of one that an earlier daemon had left there, in one step. */
    boolean isAdopted();

    /**
     * Pins it again, if it is to be pinned and has lost its pin.
     *
     * @return whether it had lost it
     */
    default boolean restorePin() {
        return false;
    }

    /** Lets go of the program without taking it off, if the kernel can keep it. */
    void release();

    @Override
    void close();
}
