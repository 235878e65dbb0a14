package dev.udpfanout.loader.datapath.kernel.netflow;

import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.abi.netflow.KeptTemplates;
import dev.udpfanout.bindings.abi.netflow.NetflowStats;
import dev.udpfanout.bindings.map.PerCpuArrayMap;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.NetflowConfig;
import dev.udpfanout.loader.config.Payload;
import dev.udpfanout.loader.control.SpreadPlan;
import dev.udpfanout.loader.datapath.ListenerCounters;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.netflow.ExporterMemory;
import dev.udpfanout.loader.datapath.netflow.ExporterMessage;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows what exporters have sent for all receivers of the listeners with {@code payload: netflow}, and gives it to a
 * receiver that joins before it gets data, each message from its exporter's address and port.
 */
public final class NetflowListeners implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NetflowListeners.class);

    /** What comes while there is no daemon must have room; each message takes 2 KiB of kernel memory at most. */
    private static final int MAX_MESSAGES_IN_KERNEL = 8192;

    /** What has come since a moment may seem to have come so much earlier. */
    static final Duration CLOCK_STEP = Duration.ofMillis(5);

    private final NetflowConfig config;
    private final Optional<Pins> pins;
    private final TemplateTable table;
    private final TableMessages messages;
    private final OptionsTemplates options;
    private final MapShares shares;
    private final PerCpuArrayMap<NetflowStats> stats;
    private final TemplateTeller teller;
    private final TemplateSender sender;
    /** Replaced whole, never changed: {@link #counters} is for any thread. */
    private volatile Map<String, ListenerExporters> listeners = Map.of();

    public NetflowListeners(KernelProgram program, NetflowConfig config) {
        this.config = config;
        this.pins = program.pins();
        this.table = new TemplateTable(program.map(SharedMaps.TEMPLATES), pins);
        this.messages = new TableMessages(table, config.lifetime());
        this.options = new OptionsTemplates(program);
        this.shares = new MapShares(program.map(SharedMaps.NETFLOW_SHARES));
        this.stats = program.map(SharedMaps.NETFLOW_STATS);
        this.teller = new TemplateTeller(this::listeners, this::takeNews, config.retelling());
        this.sender = new TemplateSender(teller::addFailed);
    }

    private Collection<ListenerExporters> listeners() {
        return listeners.values();
    }

    /**
     * Knows the listeners from now on; to be called before LISTENERS says that one has the key.
     *
     * @param fresh those whose slots may have been another's
     */
    public synchronized void use(Collection<ListenerConfig> all, Set<String> fresh, ToIntFunction<String> slots) {
        Map<String, ListenerExporters> next = new HashMap<>();
        Set<Integer> cleared = new HashSet<>();
        for (ListenerConfig listener : all) {
            int slot = slots.applyAsInt(listener.name());
            if (fresh.contains(listener.name())) {
                cleared.add(slot);
            }
            if (listener.payload() == Payload.NETFLOW) {
                next.put(listener.name(), opened(listener.name(), slot));
            }
        }
        messages.clear(cleared::contains);
        Map<String, ListenerExporters> before = listeners;
        listeners = Map.copyOf(next);
        before.forEach((name, exporters) -> {
            if (next.get(name) != exporters) {
                exporters.close();
            }
        });
        if (next.isEmpty()) {
            table.remove();
            return;
        }
        takeNews();
        table.provide(Math.min(config.maxTemplates(), MAX_MESSAGES_IN_KERNEL));
        teller.start();
    }

    private ListenerExporters opened(String name, int slot) {
        ListenerExporters present = listeners.get(name);
        if (present != null && present.slot() == slot) {
            return present;
        }
        List<ExporterMessage> left =
                pins.map(all -> LeftTemplates.ofOtherLayouts(all, name)).orElse(List.of());
        ListenerExporters opened = ListenerExporters.open(slot, ExporterMemory.open(config, name), left);
        options.add(opened.known().optionsTemplates());
        return opened;
    }

    /**
     * Takes what the program has handed over.
     *
     * @return by listener, whose messages say anything new
     */
    private synchronized Map<ListenerExporters, Set<InetSocketAddress>> takeNews() {
        Map<Integer, List<KeptTemplates>> news = messages.take();
        Map<ListenerExporters, Set<InetSocketAddress>> changed = new HashMap<>();
        for (ListenerExporters each : listeners.values()) {
            changed.put(each, each.learn(news.getOrDefault(each.slot(), List.of())));
        }
        options.makeRoom(() -> listeners.values().stream()
                .flatMap(each -> each.known().optionsTemplates().stream())
                .toList());
        options.noteIds();
        shares.write(messages.senders(), options.senders());
        return changed;
    }

    /**
     * Tells those that are to join, puts the table in place that has them, and tells them of what has come in between.
     *
     * @param before the endpoints that the program sends to so far
     * @param now those that it sends to when the table is in place
     * @param putInPlace puts it there
     */
    public <T> T joining(
            String listener, Supplier<List<InetSocketAddress>> before, SpreadPlan now, Supplier<T> putInPlace) {
        ListenerExporters exporters = listeners.get(listener);
        if (exporters == null || !(now instanceof SpreadPlan.Netflow(var endpoints, var leftOut))) {
            return putInPlace.get();
        }
        List<InetSocketAddress> joining = new ArrayList<>(endpoints);
        joining.removeAll(before.get());
        long begunMs = System.currentTimeMillis() - CLOCK_STEP.toMillis();
        takeNews();
        tell(exporters, 0, joining);
        T result = putInPlace.get();
        exporters.setReceivers(endpoints);
        if (!joining.isEmpty()) {
            takeNews();
            tell(exporters, begunMs, joining);
        }
        return result;
    }

    private void tell(ListenerExporters listener, long sinceEpochMs, List<InetSocketAddress> joining) {
        ListenerIntroduction introduction =
                new ListenerIntroduction(listener, Telling.Why.JOINED, sinceEpochMs, joining);
        if (introduction.exporters() == 0 || joining.isEmpty()) {
            return;
        }
        try (sender) {
            boolean isTold = introduction.tellAtOnce(sender);
            LOG.atInfo()
                    .addKeyValue("exporters", introduction.exporters())
                    .addKeyValue("receivers", joining.size())
                    .log(
                            isTold
                                    ? "sent the exporters' templates to receivers that join"
                                    : "sent a part of the exporters' templates to receivers that join; the rest follows");
            if (!isTold) {
                teller.add(introduction);
            }
        }
    }

    /** Counters of a listener with what is known and was counted of its exporters, if it has the key. Any thread. */
    public ListenerCounters addTo(ListenerCounters counters, String listener) {
        ListenerExporters exporters = listeners.get(listener);
        return exporters == null ? counters : counters.with(exporters.counters(stats.get(exporters.slot())));
    }

    /** Lets go of the maps; the kernel keeps them as long as the program. */
    @Override
    public void close() {
        teller.close();
        synchronized (this) {
            takeNews();
            listeners.values().forEach(ListenerExporters::close);
            listeners = Map.of();
            table.close();
        }
    }
}
