package dev.udpfanout.loader.daemon;

import dev.udpfanout.loader.kubernetes.watch.WatchState;

/**
 * What watches have counted together.
 *
 * @param relists full lists after each one's first
 * @param failures to list or watch
 */
record WatchTotals(long relists, long failures) {
    static final WatchTotals NONE = new WatchTotals(0, 0);

    WatchTotals plus(WatchState watch) {
        return new WatchTotals(relists + watch.relists(), failures + watch.errors());
    }
}
