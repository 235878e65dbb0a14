package dev.udpfanout.loader.kubernetes.publish;

import java.util.Locale;

/** What can be wished for of a node's slice. */
enum Wish {
    /** Nothing yet. */
    NONE,
    READY,
    NOT_READY,
    WITHDRAWN,
    /** No slice at all. */
    REMOVED;

    /** Whether it takes the Service's port, as the slice is to say something of it. */
    boolean needsPort() {
        return this != NONE && this != REMOVED;
    }

    /** As log lines say it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
