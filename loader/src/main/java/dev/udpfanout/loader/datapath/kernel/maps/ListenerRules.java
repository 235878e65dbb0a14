package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.admission.AllowedSource;
import dev.udpfanout.bindings.abi.listener.ListenerEntry;
import dev.udpfanout.bindings.abi.listener.ListenerFlag;
import dev.udpfanout.bindings.abi.listener.MirrorEntry;
import dev.udpfanout.bindings.abi.listener.PayloadKeyEntry;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.loader.config.Admission;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.Prefix;
import dev.udpfanout.loader.config.RateLimit;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the program applies to listeners beyond the rule, in the maps' terms: the flags of each, and what they refer to.
 * What a flag refers to is in the maps before the flag is set, and goes after it.
 */
public final class ListenerRules {
    private final AllowedSources allowedSources;
    private final RateLimits rateLimits;
    private final SlotEntries<MirrorEntry> mirrors;
    private final SlotEntries<PayloadKeyEntry> payloadKeys;
    private final ListenerRanges ranges;

    public ListenerRules(KernelProgram program) {
        this.allowedSources = new AllowedSources(program.map(SharedMaps.ALLOWED_SOURCES));
        this.rateLimits = new RateLimits(program.map(SharedMaps.LIMITS));
        this.mirrors = new SlotEntries<>(program.map(SharedMaps.MIRRORS), MirrorEntry.NONE);
        this.payloadKeys = new SlotEntries<>(program.map(SharedMaps.PAYLOAD_KEYS), PayloadKeyEntry.NONE);
        this.ranges = new ListenerRanges(program.map(SharedMaps.LISTENER_RANGES));
    }

    /** Reads the maps anew; how many of their entries are not as they were left. */
    int reread() {
        ranges.rewrite();
        return allowedSources.reread() + rateLimits.reread() + mirrors.reread() + payloadKeys.reread();
    }

    /**
     * What LISTENERS must say of a listener.
     *
     * @param spreading how it is spread: see {@link ListenerTables#flags}
     * @param isMirrored whether it has a mirror whose receivers are known
     */
    public static ListenerEntry entry(
            ListenerConfig listener, int slot, Set<ListenerFlag> spreading, boolean isMirrored) {
        Set<ListenerFlag> flags = EnumSet.noneOf(ListenerFlag.class);
        flags.addAll(spreading);
        flags.addAll(flags(listener.admission()));
        if (listener.isOnDummyInterface()) {
            flags.add(ListenerFlag.ANSWERS_BY_STACK);
        }
        if (listener.replies()) {
            flags.add(ListenerFlag.REPLIES);
            if (listener.isOnDummyInterface()) {
                flags.add(ListenerFlag.REPLIES_BY_STACK);
            }
        }
        if (listener.isLeased()) {
            flags.add(ListenerFlag.LEASED);
        }
        if (isMirrored) {
            flags.add(ListenerFlag.MIRROR);
        }
        return new ListenerEntry(slot, flags);
    }

    /** By a pattern with all components: the compiler names this place when there is a further rule. */
    private static Set<ListenerFlag> flags(Admission rules) {
        return switch (rules) {
            case Admission(List<Prefix> allow, Optional<RateLimit> limit) -> {
                Set<ListenerFlag> flags = EnumSet.noneOf(ListenerFlag.class);
                if (!allow.isEmpty()) {
                    flags.add(ListenerFlag.ALLOW);
                }
                if (limit.isPresent()) {
                    flags.add(ListenerFlag.RATE_LIMIT);
                }
                yield flags;
            }
        };
    }

    /**
     * Puts the rules in force.
     *
     * @param listeners by slot
     * @param mirrored what MIRRORS must hold, by the listener's slot
     * @param inForce what LISTENERS holds now
     * @param setListeners makes LISTENERS hold what it must
     */
    public void apply(
            Map<Integer, ListenerConfig> listeners,
            Map<Integer, MirrorEntry> mirrored,
            Collection<ListenerEntry> inForce,
            Runnable setListeners) {
        Set<AllowedSource> allowed = new HashSet<>();
        listeners.forEach((slot, listener) -> listener.admission()
                .allow()
                .forEach(prefix -> allowed.add(new AllowedSource(slot, prefix.network(), prefix.bits()))));
        Map<Integer, RateLimit> limits = new HashMap<>();
        listeners.forEach(
                (slot, listener) -> listener.admission().rateLimit().ifPresent(limit -> limits.put(slot, limit)));
        Set<Integer> checked = inForce.stream()
                .filter(entry -> entry.flags().contains(ListenerFlag.ALLOW))
                .map(ListenerEntry::slot)
                .collect(Collectors.toSet());
        allowedSources.add(allowed, checked::contains);
        rateLimits.set(limits);
        mirrors.set(mirrored);
        payloadKeys.set(payloadKeys(listeners));
        ranges.set(listeners);
        setListeners.run();
        allowedSources.keepOnly(allowed);
    }

    private static Map<Integer, PayloadKeyEntry> payloadKeys(Map<Integer, ListenerConfig> listeners) {
        Map<Integer, PayloadKeyEntry> keys = new HashMap<>();
        listeners.forEach((slot, listener) ->
                KernelSpread.payloadKey(listener.receivers().spreading()).ifPresent(key -> keys.put(slot, key)));
        return keys;
    }
}
