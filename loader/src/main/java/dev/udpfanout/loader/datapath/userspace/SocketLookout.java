package dev.udpfanout.loader.datapath.userspace;

import dev.udpfanout.loader.datapath.Lookout;
import dev.udpfanout.loader.datapath.Unreachable;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.function.Supplier;

/** Sockets are nobody's to take away: there is no more to look for than what the kernel has told them of endpoints. */
record SocketLookout(Supplier<Collection<UserspaceListener>> listeners) implements Lookout {
    @Override
    public boolean isIntact() {
        return true;
    }

    @Override
    public Unreachable takeUnreachable() {
        return listeners.get().stream()
                .map(UserspaceListener::takeUnreachable)
                .reduce(Unreachable.NONE, Unreachable::plus);
    }

    @Override
    public Map<String, Duration> outages() {
        return Map.of();
    }
}
