package dev.udpfanout.lab.frames;

/** Whom a captured frame was for; source: linux/if_packet.h, packet(7). */
public enum PacketType {
    /** This interface. */
    HOST,
    /** Everyone. */
    BROADCAST,
    /** A group. */
    MULTICAST,
    /** Another machine: seen because the interface is promiscuous, or a bridge's port. */
    OTHER_HOST,
    /** Sent by this interface. */
    OUTGOING;

    /** @throws IllegalArgumentException for a number that packet sockets do not show */
    static PacketType of(int number) {
        if (number < 0 || number >= values().length) {
            throw new IllegalArgumentException("packet type " + number);
        }
        return values()[number];
    }
}
