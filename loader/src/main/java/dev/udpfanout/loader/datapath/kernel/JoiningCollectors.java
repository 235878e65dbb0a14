package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.abi.netflow.KeptTemplates;
import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.map.KeyedMap;
import dev.udpfanout.bindings.udp.TransparentSocket;
import dev.udpfanout.loader.control.SpreadPlan;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a collector that joins a listener with {@code payload: netflow} the templates and the options data that
 * exporters have sent so far, each from its exporter's address and port, before the collector gets data. They are in
 * the map TEMPLATES, which outlives the daemon.
 */
final class JoiningCollectors {
    /** What an exporter has not sent again for so long is none of its templates any more: RFC 7011 section 8.4. */
    static final Duration LIFETIME = Duration.ofMinutes(30);

    private static final Logger LOG = LoggerFactory.getLogger(JoiningCollectors.class);

    private final KeyedMap<MemorySegment, MemorySegment> kept;

    JoiningCollectors(KernelProgram program) {
        this.kept = program.map(SharedMaps.TEMPLATES);
    }

    /**
     * Tells those that are to join, puts the table in place that has them, and tells them of what has come in between.
     *
     * @param slot of the listener
     * @param before the endpoints that the program sends to so far
     * @param now those that it sends to when the table is in place
     * @param putInPlace puts it there
     */
    <T> T joining(int slot, Supplier<List<InetSocketAddress>> before, SpreadPlan now, Supplier<T> putInPlace) {
        if (!(now instanceof SpreadPlan.Netflow(var endpoints, var leftOut))) {
            return putInPlace.get();
        }
        List<InetSocketAddress> joining = new ArrayList<>(endpoints);
        joining.removeAll(before.get());
        long begin = System.nanoTime();
        tell(slot, joining, begin - LIFETIME.toNanos());
        T result = putInPlace.get();
        tell(slot, joining, begin);
        return result;
    }

    private void tell(int slot, List<InetSocketAddress> joining, long sinceNanos) {
        if (joining.isEmpty()) {
            return;
        }
        Map<InetSocketAddress, List<KeptTemplates>> messages = messages(slot, sinceNanos);
        int failed = 0;
        for (Map.Entry<InetSocketAddress, List<KeptTemplates>> each : messages.entrySet()) {
            failed += tell(each.getKey(), each.getValue(), joining);
        }
        if (!messages.isEmpty()) {
            LOG.atInfo()
                    .addKeyValue("exporters", messages.size())
                    .addKeyValue("receivers", joining.size())
                    .addKeyValue("failed", failed)
                    .log("sent the exporters' templates to receivers that join");
        }
    }

    /** By exporter, each one's in the order in which they came. */
    private Map<InetSocketAddress, List<KeptTemplates>> messages(int slot, long sinceNanos) {
        List<KeptTemplates> all = new ArrayList<>();
        kept.scan((key, value) -> {
            if (KeptTemplates.slot(key) == slot && KeptTemplates.seenNanos(value) - sinceNanos >= 0) {
                all.add(KeptTemplates.read(key, value));
            }
        });
        all.sort(Comparator.comparingLong(KeptTemplates::seenNanos));
        return all.stream()
                .collect(Collectors.groupingBy(KeptTemplates::exporter, LinkedHashMap::new, Collectors.toList()));
    }

    /** How many datagrams could not be sent: the receiver then learns the template when the exporter sends it again. */
    private static int tell(
            InetSocketAddress exporter, List<KeptTemplates> messages, List<InetSocketAddress> receivers) {
        List<InetSocketAddress> targets = receivers.stream()
                .filter(each ->
                        each.getAddress().getClass() == exporter.getAddress().getClass())
                .toList();
        int failed = 0;
        try (TransparentSocket socket = TransparentSocket.from(exporter)) {
            for (InetSocketAddress target : targets) {
                for (KeptTemplates each : messages) {
                    Errno errno = socket.send(each.message(), target);
                    failed += errno.number() == 0 ? 0 : 1;
                }
            }
        } catch (SystemCallException e) {
            LOG.warn("failed to send the templates of {} to receivers that join: {}", exporter, e.getMessage());
            failed += messages.size() * targets.size();
        }
        return failed;
    }
}
