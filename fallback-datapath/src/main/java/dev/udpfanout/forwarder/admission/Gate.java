package dev.udpfanout.forwarder.admission;

/**
 * An {@link Admission} as workers ask it; immutable, and the same for all workers.
 *
 * @param allowed where datagrams may come from; null for anywhere
 */
public record Gate(AllowedSources allowed) {
    /** Lets all datagrams through, without being asked. */
    public static final Gate OPEN = new Gate(null);

    /** The gate of an admission. */
    public static Gate of(Admission admission) {
        return new Gate(admission.allow().isEmpty() ? null : AllowedSources.of(admission.allow()));
    }

    /** Whether nothing needs to be asked. */
    public boolean isOpen() {
        return allowed == null;
    }
}
