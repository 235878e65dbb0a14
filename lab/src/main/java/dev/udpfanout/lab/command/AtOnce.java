package dev.udpfanout.lab.command;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Runs parts of a command that wait more than they work, a few at a time. */
public final class AtOnce {
    private AtOnce() {}

    /**
     * Runs all parts and waits for them.
     *
     * @param number of those that run at the same time
     * @return false if the thread was interrupted; those that had not begun do not begin then
     * @throws IllegalStateException with the cause if one has failed
     */
    public static <T> boolean run(int number, List<T> parts, Consumer<T> run) {
        try (ExecutorService atOnce = Executors.newFixedThreadPool(number)) {
            List<Future<?>> running = parts.stream()
                    .<Future<?>>map(part -> atOnce.submit(() -> run.accept(part)))
                    .toList();
            try {
                for (Future<?> one : running) {
                    one.get();
                }
                return true;
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                running.forEach(one -> one.cancel(true));
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }
}
