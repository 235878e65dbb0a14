package dev.udpfanout.loader.supervision;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that the daemon cannot do without. If its work fails, with whatever, it is begun again after a back-off, and
 * {@link ThreadSupervision} shows that. It ends when its work returns, or when it fails while it is told to end.
 *
 * <p>OutOfMemoryError is the JVM's to deal with: the daemon runs with -XX:+ExitOnOutOfMemoryError.
 */
public final class SupervisedThread {
    private static final Logger LOG = LoggerFactory.getLogger(SupervisedThread.class);
    private static final Duration STEP = Duration.ofMillis(50);

    private final String role;
    private final Runnable work;
    private final BooleanSupplier isTold;
    private final RestartPace pace;
    private final Thread thread;
    private volatile int failuresInARow;
    private volatile String lastFailure = "";

    /**
     * Makes one; it is a daemon thread, and belongs to the network namespace of the calling thread.
     *
     * @param role what it does, for metrics: one of few words
     * @param name for the log and for thread dumps
     * @param work returns when it is told to end, and at no other time; called again after it has thrown
     * @param isTold whether it has been told to end
     */
    public SupervisedThread(String role, String name, Runnable work, BooleanSupplier isTold) {
        this(role, name, work, isTold, RestartPace.DEFAULT);
    }

    SupervisedThread(String role, String name, Runnable work, BooleanSupplier isTold, RestartPace pace) {
        this.role = role;
        this.work = work;
        this.isTold = isTold;
        this.pace = pace;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    public void start() {
        ThreadSupervision.add(this);
        thread.start();
    }

    /** Interrupts what it waits for. */
    public void interrupt() {
        thread.interrupt();
    }

    public boolean isAlive() {
        return thread.isAlive();
    }

    /** Waits until it has ended; true unless the time ran out or the calling thread was interrupted. */
    public boolean join(Duration timeout) {
        if (thread.getState() == Thread.State.NEW) {
            return true;
        }
        try {
            return thread.join(timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    String role() {
        return role;
    }

    String name() {
        return thread.getName();
    }

    /** What its work failed with, if it has not worked for a while since; else empty. */
    String failure() {
        return failuresInARow == 0 ? "" : lastFailure;
    }

    /** Whether it has failed so often in a row that it is of no use any more. */
    boolean isGivenUp() {
        return failuresInARow >= pace.mostFailuresInARow();
    }

    private void run() {
        try {
            while (!worked()) {
                await(pace.afterFailures(failuresInARow));
                // What interrupted it was meant for the work that has failed.
                Thread.interrupted();
                if (isTold.getAsBoolean()) {
                    return;
                }
            }
        } finally {
            ThreadSupervision.remove(this);
        }
    }

    /** Whether its work has come to its end; false if it has failed. */
    private boolean worked() {
        long beganNanos = System.nanoTime();
        try {
            work.run();
            return true;
        } catch (RuntimeException | Error e) {
            if (isTold.getAsBoolean()) {
                return true;
            }
            if (System.nanoTime() - beganNanos > pace.lasting().toNanos()) {
                failuresInARow = 0;
            }
            failed(e);
            return false;
        }
    }

    private void failed(Throwable failure) {
        String reason = failure.toString();
        boolean isNew = failuresInARow == 0 || !reason.equals(lastFailure);
        lastFailure = reason;
        failuresInARow++;
        ThreadSupervision.restarted(role);
        if (isNew) {
            LOG.atError()
                    .addKeyValue("thread", name())
                    .addKeyValue("error", reason)
                    .log("a thread failed; it is started again");
            LOG.debug("the stack trace", failure);
        }
    }

    private void await(Duration pause) {
        long untilNanos = System.nanoTime() + pause.toNanos();
        while (!isTold.getAsBoolean() && untilNanos - System.nanoTime() > 0) {
            LockSupport.parkNanos(Math.min(STEP.toNanos(), untilNanos - System.nanoTime()));
            if (Thread.interrupted()) {
                return;
            }
        }
    }
}
