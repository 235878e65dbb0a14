package dev.udpfanout.forwarder.admission;

/**
 * An {@link Admission} as workers ask it: first where a datagram comes from, then whether there are too many. The same
 * for all workers.
 *
 * @param allowed where datagrams may come from; null for anywhere
 * @param limiter how many there may be; null for any number
 */
public record Gate(AllowedSources allowed, RateLimiter limiter) {
    /** Lets all datagrams through, without being asked. */
    public static final Gate OPEN = new Gate(null, null);

    /** The gate that an admission makes of this one: a limit that was there goes on with what is left of it. */
    public Gate with(Admission admission) {
        AllowedSources sources = admission.allow().isEmpty() ? null : AllowedSources.of(admission.allow());
        if (admission.rateLimit().isEmpty()) {
            return new Gate(sources, null);
        }
        RateLimit limit = admission.rateLimit().get();
        if (limiter == null) {
            return new Gate(sources, new RateLimiter(limit, System::nanoTime));
        }
        limiter.change(limit);
        return new Gate(sources, limiter);
    }

    /** Whether nothing needs to be asked. */
    public boolean isOpen() {
        return allowed == null && limiter == null;
    }
}
