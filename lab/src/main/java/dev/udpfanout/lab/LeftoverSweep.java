package dev.udpfanout.lab;

import dev.udpfanout.lab.process.Command;
import dev.udpfanout.lab.process.CommandFailedException;
import java.io.File;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Removes what runs that were killed left behind: namespaces of the lab whose owner is gone, what runs in them, and
 * what was pinned for them.
 */
final class LeftoverSweep {
    private static final File DIRECTORY = new File("/run/netns");

    private LeftoverSweep() {}

    /** Removes the namespaces of all runs whose process is gone; a namespace with any other name stays. */
    static void run() {
        run(owner -> !owner.ownerLives());
    }

    /** Removes the namespaces of the lab whose owners a predicate takes for dead. */
    static void run(Predicate<RunName> isDead) {
        for (String name : ownedByTheDead(DIRECTORY, isDead)) {
            try {
                remove(name);
            } catch (CommandFailedException e) {
                // A leftover is no reason to fail: the next run tries again.
            }
        }
        for (String name : ownedByTheDead(Bpffs.MOUNT_POINT.toFile(), isDead)) {
            try {
                Bpffs.remove(Bpffs.MOUNT_POINT.resolve(name));
            } catch (UncheckedIOException e) {
                // Another run swept at the same time.
            }
        }
    }

    private static List<String> ownedByTheDead(File directory, Predicate<RunName> isDead) {
        String[] names = directory.list();
        return Stream.of(names == null ? new String[0] : names)
                .filter(name -> RunName.parse(name).filter(isDead).isPresent())
                .toList();
    }

    /** Kills what runs in a namespace of the lab, then removes it. */
    static void remove(String namespace) {
        if (RunName.parse(namespace).isEmpty()) {
            throw new IllegalArgumentException(namespace + " is not a namespace of the lab");
        }
        try {
            // A process inside would keep the namespace and its interfaces alive without a name.
            Command.run(List.of("ip", "netns", "pids", namespace))
                    .lines()
                    .map(String::strip)
                    .map(Long::parseLong)
                    .filter(pid -> pid != ProcessHandle.current().pid())
                    .forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
            Command.run(List.of("ip", "netns", "delete", namespace));
        } catch (CommandFailedException e) {
            // Another run swept at the same time, or only the file of an unmounted namespace is left.
            if (new File(DIRECTORY, namespace).exists() && !new File(DIRECTORY, namespace).delete()) {
                throw e;
            }
        }
    }
}
