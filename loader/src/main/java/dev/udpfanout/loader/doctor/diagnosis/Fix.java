package dev.udpfanout.loader.doctor.diagnosis;

/**
 * A mend that doctor can do by itself, and that takes nothing away from anybody.
 *
 * @param does what it will do, for example {@code "set net.ipv4.ip_forward to 1"}
 * @param action does it, in the calling thread's network namespace; it throws a RuntimeException if it fails
 */
public record Fix(String does, Runnable action) {}
