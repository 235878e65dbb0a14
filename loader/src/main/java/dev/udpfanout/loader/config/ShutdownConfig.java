package dev.udpfanout.loader.config;

import java.time.Duration;

/**
 * How the daemon ends on SIGTERM.
 *
 * @param onExit what becomes of the datapath
 * @param drain for how long the datapath still works after the node has been published as not ready; only where a
 *     listener publishes
 */
public record ShutdownConfig(OnExit onExit, Duration drain) {
    /** What becomes of the datapath when the daemon ends. */
    public enum OnExit {
        /** Programs are taken off and routes put back. */
        DETACH,
        /** It stays, with the endpoints of the last moment, and the next daemon takes it over: for upgrades. */
        KEEP
    }
}
