package dev.udpfanout.forwarder.transport;

/** Whether something works on this kernel, in this process: yes, no, or it could not be told. */
public sealed interface Support {
    /** It works. */
    record Supported() implements Support {}

    /** @param why what stands in the way, for an operator to read */
    record Unsupported(String why) implements Support {}

    /** @param why what went wrong while finding out; another try may have another result */
    record Unknown(String why) implements Support {}

    /** True only if it is certain. */
    default boolean isSupported() {
        return this instanceof Supported;
    }

    /** {@code "supported"}, or why not. */
    default String describe() {
        return switch (this) {
            case Supported yes -> "supported";
            case Unsupported(String why) -> why;
            case Unknown(String why) -> "could not tell: " + why;
        };
    }
}
