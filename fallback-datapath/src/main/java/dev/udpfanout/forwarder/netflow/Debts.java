package dev.udpfanout.forwarder.netflow;

/**
 * Which endpoints lack templates, because the kernel has not sent them a message. They get no records until they have
 * been told. One thread's.
 */
public final class Debts {
    private final boolean[] owed;
    private int count;

    /** @param endpoints how many there are; they lack nothing */
    public Debts(int endpoints) {
        owed = new boolean[endpoints];
    }

    /** Whether this endpoint lacks templates from now on. */
    public void set(int endpoint, boolean isOwed) {
        if (owed[endpoint] != isOwed) {
            owed[endpoint] = isOwed;
            count += isOwed ? 1 : -1;
        }
    }

    /** Whether any endpoint lacks templates. */
    public boolean any() {
        return count > 0;
    }

    /** Whether this one does. */
    public boolean isOwed(int endpoint) {
        return owed[endpoint];
    }

    /** The endpoint itself, or the next one that lacks nothing; itself, too, if all lack something. */
    public int instead(int endpoint) {
        for (int i = 0; i < owed.length; i++) {
            int next = (endpoint + i) % owed.length;
            if (!owed[next]) {
                return next;
            }
        }
        return endpoint;
    }
}
