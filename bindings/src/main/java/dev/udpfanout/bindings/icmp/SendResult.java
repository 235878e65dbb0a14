package dev.udpfanout.bindings.icmp;

/** What became of an attempt to send. */
public enum SendResult {
    SENT,
    /** This machine knows no way to the destination, or its own rules forbid it. */
    NO_WAY,
    /** This machine cannot send now: no memory, a full queue. It says nothing about the destination. */
    NOT_NOW
}
