package dev.udpfanout.forwarder.worker;

import java.util.List;

/**
 * A new set of targets for a worker, ready to be installed.
 *
 * @param turns in table order; a target that has several turns stands there several times
 * @param targets all, each once
 * @param opened those of them that are new
 * @param removed those in force now that are not among them
 */
public record TableChange<T extends Target>(List<T> turns, List<T> targets, List<T> opened, List<T> removed) {
    /** Gives the change up: closes what was opened for it. */
    public void abandon() {
        opened.forEach(Target::close);
    }
}
