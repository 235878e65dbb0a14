package dev.udpfanout.loader.health;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.function.Consumer;

/** Waits on a selector and hands over what is ready. */
final class SelectorWait {
    private SelectorWait() {}

    static void await(Selector selector, Duration timeout, Consumer<SelectionKey> onReady) {
        try {
            if (timeout.isZero()) {
                selector.selectNow(onReady);
            } else {
                // 0 would mean for ever, and rounding down would spin through the last millisecond.
                selector.select(onReady, timeout.plusNanos(999_999).toMillis());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("select: " + e.getMessage(), e);
        }
    }
}
