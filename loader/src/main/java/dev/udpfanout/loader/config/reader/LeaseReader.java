package dev.udpfanout.loader.config.reader;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.yaml.Section;
import java.time.Duration;

/** Reads {@code lease_secs}: how long the kernel goes on by itself. */
final class LeaseReader {
    private static final String KEY = "lease_secs";

    /** Longer than an upgrade of the daemon takes, or a restart of the node's container runtime. */
    private static final int OF_SERVICES_SECONDS = 600;

    /** The daemon renews a lease every five seconds; a shorter one would run out while it lives. */
    private static final int LEAST_SECONDS = 15;

    /** Thirty days. */
    private static final int MOST_SECONDS = 2_592_000;

    private LeaseReader() {}

    /** Of annotated Services, which kube-proxy serves afterwards. */
    static Duration ofServices(Section section) {
        return read(section, OF_SERVICES_SECONDS);
    }

    /** Of a listener of the file: none, unless there is one. */
    static Duration ofListener(Section section) {
        return read(section, 0);
    }

    private static Duration read(Section section, int fallbackSeconds) {
        int seconds = section.wholeNumber(KEY, fallbackSeconds, 0, MOST_SECONDS);
        if (seconds > 0 && seconds < LEAST_SECONDS) {
            section.problem(
                    KEY,
                    seconds + " s is too short, because the daemon renews a lease every 5 s; write 0 for no end, or "
                            + LEAST_SECONDS + " to " + MOST_SECONDS);
        }
        return Duration.ofSeconds(seconds);
    }

    /** What a program on a dummy interface passes on is lost there. */
    static void refuseOnDummyInterface(ListenerConfig listener, Section section) {
        if (listener.isLeased()) {
            section.problem(
                    KEY, "works on a NIC only: nobody else serves what is routed to a dummy interface; remove the key");
        }
    }
}
