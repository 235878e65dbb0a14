package dev.udpfanout.loader.kubernetes.watch;

/**
 * How many resources to ask for in one answer to a list. Many, as long as that works. After a list that has failed so
 * few that an answer is short even if each is as large as the API server takes: whoever may write one namespace could
 * otherwise make every list too long to be read, and so freeze what is known of all namespaces. Belongs to one thread.
 */
public final class PageSize {
    /** Ten of the largest, 1.5 MiB each (etcd, server/embed/config.go), are an answer of the longest that is read. */
    static final long LEAST = 10;

    private final long most;
    private long size;
    private long lists = -1;

    /** @param most where resources are of their usual size */
    public PageSize(long most) {
        this.most = most;
        this.size = most;
    }

    /**
     * For the next list: the fewest if the one before it has failed, and from then on twice as many each time.
     *
     * @param state of the watch that is to list
     */
    public long next(WatchState state) {
        long done = state.synced() ? state.relists() + 1 : 0;
        boolean isFirst = lists < 0;
        boolean hasFailed = lists == done;
        lists = done;
        if (!isFirst) {
            size = hasFailed ? LEAST : Math.min(most, 2 * size);
        }
        return size;
    }
}
