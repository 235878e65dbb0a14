package dev.udpfanout.lab.frames;

/**
 * A frame that came by.
 *
 * @param bytes from the Ethernet header on
 * @param type whom it was for, or that this interface sent it
 */
public record CapturedFrame(byte[] bytes, PacketType type) {
    /** Its fields. */
    public ParsedFrame parsed() {
        return ParsedFrame.of(bytes);
    }

    @Override
    public String toString() {
        return type + " " + parsed();
    }
}
