package dev.udpfanout.loader.kubernetes.services;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.loader.config.Config;
import java.util.Optional;

/**
 * How much of the kernel's maps there is for listeners, those of the file and of Services together.
 *
 * @param listeners at most, mirrors included
 * @param keys at most: one for each address of a listener, on each of its interfaces
 */
public record ListenerRoom(int listeners, int keys) {
    /** What the maps have room for if there was no {@code services} when they were made. */
    static final ListenerRoom WITHOUT_SERVICES =
            new ListenerRoom(Limits.MAX_LISTENERS_OF_FILE, Limits.LISTENER_KEYS_OF_FILE);

    /** What they have room for if there was. */
    public static final ListenerRoom WITH_SERVICES = new ListenerRoom(Limits.MAX_LISTENERS, Limits.MAX_LISTENER_KEYS);

    /** What the daemon keeps open beside a descriptor for each listener: jars, programs, links, sockets, watches. */
    private static final int OTHER_DESCRIPTORS = 256;

    /**
     * That of maps that were made for this configuration.
     *
     * @param descriptors how many files the process may have open: each listener has one
     */
    public static ListenerRoom of(Config started, long descriptors) {
        ListenerRoom made = started.services().isPresent() ? WITH_SERVICES : WITHOUT_SERVICES;
        long most = Math.max(0, descriptors - OTHER_DESCRIPTORS);
        return most < made.listeners() ? new ListenerRoom((int) most, made.keys()) : made;
    }

    /** Why so many do not fit, and the mend; empty if they do. */
    Optional<String> lacking(int wantedListeners, int wantedKeys) {
        if (wantedListeners <= listeners && wantedKeys <= keys) {
            return Optional.empty();
        }
        String most = wantedListeners > listeners
                ? listeners + " listeners at most, and all are taken"
                : keys + " addresses at most, each counted once for each interface, and all are taken";
        String mend;
        if (equals(WITH_SERVICES)) {
            mend = "remove the annotation from another Service";
        } else if (equals(WITHOUT_SERVICES)) {
            mend = "restart the daemon, which had no `services` in its configuration when it made room for listeners";
        } else {
            mend = "raise the daemon's limit of open files (LimitNOFILE of the container runtime), since each listener"
                    + " takes one";
        }
        return Optional.of("this node serves " + most + "; " + mend);
    }
}
