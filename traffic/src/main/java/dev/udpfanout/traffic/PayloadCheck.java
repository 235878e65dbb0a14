package dev.udpfanout.traffic;

/** What a look at a received payload shows. */
public enum PayloadCheck {
    /** Byte for byte what was sent. */
    INTACT,
    /** Of fewer than 8 bytes: no sequence number that it could be compared with. */
    TOO_SHORT,
    /** Another run's, or not numbered at all. */
    FOREIGN,
    /** This run's, but changed on the way. */
    CORRUPT
}
