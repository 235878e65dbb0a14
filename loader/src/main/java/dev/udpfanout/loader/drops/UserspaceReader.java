package dev.udpfanout.loader.drops;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads the daemon's page of user space's drops again and again, and hands on a bounded number of them a second. A
 * daemon that is not there is asked again. For one thread.
 */
public final class UserspaceReader {
    private static final long INTERVAL_NS = 500_000_000;

    private final UserspaceDropsPage page;
    private final int perSecond;
    private final Consumer<DropText> reader;
    private Optional<String> failure = Optional.empty();
    private long readAtNs;
    private long second;
    private int toldInSecond;
    private long shown;

    /** @param perSecond how many that were dropped in one second are handed on */
    public UserspaceReader(UserspaceDropsPage page, int perSecond, Consumer<DropText> reader) {
        this.page = page;
        this.perSecond = perSecond;
        this.reader = reader;
    }

    /** Reads it if it was not read a moment ago. */
    public void readIfDue() {
        if (System.nanoTime() - readAtNs >= INTERVAL_NS) {
            read();
        }
    }

    /** Reads it now. */
    public void read() {
        readAtNs = System.nanoTime();
        try {
            page.read().forEach(this::tell);
            failure = Optional.empty();
        } catch (IOException e) {
            failure = Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private void tell(DropText drop) {
        if (drop.at().getEpochSecond() != second) {
            second = drop.at().getEpochSecond();
            toldInSecond = 0;
        }
        if (toldInSecond++ < perSecond) {
            shown++;
            reader.accept(drop);
        }
    }

    /** Why it could not be read the last time. */
    public Optional<String> failure() {
        return failure;
    }

    /** Datagrams that user space has dropped since the watch began. */
    public long seen() {
        return page.seen();
    }

    /** Lines that were handed on. */
    public long shown() {
        return shown;
    }
}
