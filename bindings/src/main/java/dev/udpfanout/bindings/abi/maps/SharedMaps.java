package dev.udpfanout.bindings.abi.maps;

import dev.udpfanout.bindings.abi.admission.AllowedSource;
import dev.udpfanout.bindings.abi.admission.NextHops;
import dev.udpfanout.bindings.abi.admission.PacketLimit;
import dev.udpfanout.bindings.abi.admission.SourcePrefix;
import dev.udpfanout.bindings.abi.counter.EarlyFragments;
import dev.udpfanout.bindings.abi.counter.EndpointStats;
import dev.udpfanout.bindings.abi.counter.IcmpErrors;
import dev.udpfanout.bindings.abi.counter.ListenerDrops;
import dev.udpfanout.bindings.abi.counter.ListenerPathMtu;
import dev.udpfanout.bindings.abi.counter.ListenerReplies;
import dev.udpfanout.bindings.abi.counter.ListenerStats;
import dev.udpfanout.bindings.abi.counter.ProcessingTimes;
import dev.udpfanout.bindings.abi.endpoint.EndpointCounterKey;
import dev.udpfanout.bindings.abi.endpoint.EndpointTable;
import dev.udpfanout.bindings.abi.endpoint.OriginEntry;
import dev.udpfanout.bindings.abi.endpoint.OriginKey;
import dev.udpfanout.bindings.abi.endpoint.PeerEntry;
import dev.udpfanout.bindings.abi.listener.AddressFilter;
import dev.udpfanout.bindings.abi.listener.AddressRange;
import dev.udpfanout.bindings.abi.listener.GroupedInterface;
import dev.udpfanout.bindings.abi.listener.ListenerEntry;
import dev.udpfanout.bindings.abi.listener.ListenerKey;
import dev.udpfanout.bindings.abi.listener.ListenerName;
import dev.udpfanout.bindings.abi.listener.ListenerPorts;
import dev.udpfanout.bindings.abi.listener.ListenerSet;
import dev.udpfanout.bindings.abi.listener.LocalAddressKey;
import dev.udpfanout.bindings.abi.listener.MirrorEntry;
import dev.udpfanout.bindings.abi.listener.PayloadKeyEntry;
import dev.udpfanout.bindings.abi.netflow.NetflowShare;
import dev.udpfanout.bindings.abi.netflow.NetflowStats;
import dev.udpfanout.bindings.abi.netflow.OptionsTemplateKey;
import dev.udpfanout.bindings.generated.abi.uf_bucket;
import dev.udpfanout.bindings.generated.abi.uf_cursor;
import dev.udpfanout.bindings.generated.abi.uf_drops;
import dev.udpfanout.bindings.generated.abi.uf_early_fragments;
import dev.udpfanout.bindings.generated.abi.uf_endpoint_stats;
import dev.udpfanout.bindings.generated.abi.uf_icmp_errors;
import dev.udpfanout.bindings.generated.abi.uf_latency;
import dev.udpfanout.bindings.generated.abi.uf_netflow_stats;
import dev.udpfanout.bindings.generated.abi.uf_path_mtu;
import dev.udpfanout.bindings.generated.abi.uf_replies;
import dev.udpfanout.bindings.generated.abi.uf_share;
import dev.udpfanout.bindings.generated.abi.uf_stats;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.map.ArrayMap;
import dev.udpfanout.bindings.map.ArrayOfMaps;
import dev.udpfanout.bindings.map.Clearable;
import dev.udpfanout.bindings.map.Codec;
import dev.udpfanout.bindings.map.Codec.Present;
import dev.udpfanout.bindings.map.KeyedMap;
import dev.udpfanout.bindings.map.MapDeclaration;
import dev.udpfanout.bindings.map.PerCpuArrayMap;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The maps of the kernel program that outlive a daemon, with what their keys and values are in Java; what each is for
 * stands at its declaration in C. An index is a listener's slot where nothing else is said.
 */
public final class SharedMaps {
    private static final List<MapDeclaration<?>> DECLARED = new ArrayList<>();

    /** Who listens where. */
    public static final MapDeclaration<KeyedMap<ListenerKey, ListenerEntry>> LISTENERS =
            declared(MapDeclaration.keyed("LISTENERS", ListenerKey.CODEC, ListenerEntry.CODEC));

    /** Of element 0 the ports that have a listener. */
    public static final MapDeclaration<ArrayMap<ListenerPorts>> LISTENER_PORTS =
            declared(MapDeclaration.array("LISTENER_PORTS", ListenerPorts.CODEC));

    /** Who listens at an address, whatever the port. */
    public static final MapDeclaration<KeyedMap<ListenerKey, ListenerSet>> LISTENER_SETS =
            declared(MapDeclaration.keyed("LISTENER_SETS", ListenerKey.CODEC, ListenerSet.CODEC));

    /** Of element 0 until when leased listeners are served: CLOCK_MONOTONIC, which is System.nanoTime()'s. */
    public static final MapDeclaration<ArrayMap<Long>> LEASE = declared(MapDeclaration.array("LEASE", Codec.U64));

    /** Which addresses a listener takes beside its own. */
    public static final MapDeclaration<ArrayMap<Optional<AddressRange>>> LISTENER_RANGES =
            declared(MapDeclaration.array("LISTENER_RANGES", AddressRange.CODEC));

    /** Whose a slot is. */
    public static final MapDeclaration<ArrayMap<ListenerName>> LISTENER_NAMES =
            declared(MapDeclaration.array("LISTENER_NAMES", ListenerName.CODEC).carriedOver());

    /** This node's own addresses. */
    public static final MapDeclaration<KeyedMap<LocalAddressKey, Present>> LOCAL_ADDRESSES =
            declared(MapDeclaration.keyed("LOCAL_ADDRESSES", LocalAddressKey.CODEC, Codec.PRESENT));

    /** Of element 0 the bits of all those addresses. */
    public static final MapDeclaration<ArrayMap<Collection<InetAddress>>> LOCAL_FILTER =
            declared(MapDeclaration.array("LOCAL_FILTER", AddressFilter.CODEC));

    /** Endpoints in the order of their turns. */
    public static final MapDeclaration<ArrayOfMaps> ENDPOINTS = declared(MapDeclaration.arrayOfMaps("ENDPOINTS"));

    /** Endpoints by buckets. */
    public static final MapDeclaration<ArrayOfMaps> HASH_TABLES = declared(MapDeclaration.arrayOfMaps("HASH_TABLES"));

    /** Where the round robin of each CPU stands: the program's own, emptied for another listener. */
    public static final MapDeclaration<? extends Clearable> CURSORS =
            declared(MapDeclaration.perCpuArray("CURSORS", uf_cursor.layout(), SharedMaps::notSummed));

    /** What a listener has done. */
    public static final MapDeclaration<PerCpuArrayMap<ListenerStats>> STATS =
            declared(MapDeclaration.perCpuArray("STATS", uf_stats.layout(), ListenerStats::sum)
                    .carriedOver());

    /** Why a listener's datagrams were dropped. */
    public static final MapDeclaration<PerCpuArrayMap<ListenerDrops>> DROPS =
            declared(MapDeclaration.perCpuArray("DROPS", uf_drops.layout(), ListenerDrops::sum)
                    .carriedOver());

    /** Of element 0 how long the program took. */
    public static final MapDeclaration<PerCpuArrayMap<ProcessingTimes>> LATENCY =
            declared(MapDeclaration.perCpuArray("LATENCY", uf_latency.layout(), ProcessingTimes::sum)
                    .carriedOver());

    /** What a listener's endpoints have answered. */
    public static final MapDeclaration<PerCpuArrayMap<ListenerReplies>> REPLIES =
            declared(MapDeclaration.perCpuArray("REPLIES", uf_replies.layout(), ListenerReplies::sum));

    /** What became of a listener's packets that did not fit a way. */
    public static final MapDeclaration<PerCpuArrayMap<ListenerPathMtu>> PATH_MTU =
            declared(MapDeclaration.perCpuArray("PATH_MTU", uf_path_mtu.layout(), ListenerPathMtu::sum));

    /** What was sent to an endpoint, by the endpoint's counter. */
    public static final MapDeclaration<PerCpuArrayMap<EndpointStats>> ENDPOINT_STATS =
            declared(MapDeclaration.perCpuArray("ENDPOINT_STATS", uf_endpoint_stats.layout(), EndpointStats::sum)
                    .carriedOver());

    /** Which counter an endpoint has. */
    public static final MapDeclaration<KeyedMap<EndpointCounterKey, Integer>> ENDPOINT_IDS =
            declared(MapDeclaration.keyed("ENDPOINT_IDS", EndpointCounterKey.CODEC, Codec.U32)
                    .carriedOver());

    /** Where datagrams may come from. */
    public static final MapDeclaration<KeyedMap<AllowedSource, Present>> ALLOWED_SOURCES =
            declared(MapDeclaration.keyed("ALLOWED_SOURCES", AllowedSource.CODEC, Codec.PRESENT));

    /** How many datagrams may pass. */
    public static final MapDeclaration<ArrayMap<PacketLimit>> LIMITS =
            declared(MapDeclaration.array("LIMITS", PacketLimit.CODEC));

    /** What is left of a limit: the program's own, emptied for another listener. */
    public static final MapDeclaration<? extends Clearable> LIMIT_BUCKETS =
            declared(MapDeclaration.array("LIMIT_BUCKETS", Codec.raw(uf_bucket.layout())));

    /** What each CPU has taken of that in advance: the program's own, emptied for another listener. */
    public static final MapDeclaration<? extends Clearable> LIMIT_SHARES =
            declared(MapDeclaration.perCpuArray("LIMIT_SHARES", uf_share.layout(), SharedMaps::notSummed));

    /** Who gets copies. */
    public static final MapDeclaration<ArrayMap<MirrorEntry>> MIRRORS =
            declared(MapDeclaration.array("MIRRORS", MirrorEntry.CODEC));

    /** Which bytes of a payload decide the endpoint. */
    public static final MapDeclaration<ArrayMap<PayloadKeyEntry>> PAYLOAD_KEYS =
            declared(MapDeclaration.array("PAYLOAD_KEYS", PayloadKeyEntry.CODEC));

    /** Which datagram is copied next. */
    public static final MapDeclaration<BpfMap> MIRROR_TURNS = declared(MapDeclaration.ofProgram("MIRROR_TURNS"));

    /** Datagrams that were copied a moment ago. */
    public static final MapDeclaration<BpfMap> COPIED = declared(MapDeclaration.ofProgram("COPIED"));

    /** Which of an exporter's templates are of options, with the bytes of a record of NetFlow v9. */
    public static final MapDeclaration<KeyedMap<OptionsTemplateKey, Integer>> OPTIONS_TEMPLATES =
            declared(MapDeclaration.keyed("OPTIONS_TEMPLATES", OptionsTemplateKey.CODEC, Codec.U32));

    /** Of element 0 which ids any exporter's options templates have had. */
    public static final MapDeclaration<ArrayMap<MemorySegment>> OPTIONS_IDS =
            declared(MapDeclaration.array("OPTIONS_IDS", OptionsTemplateKey.IDS_CODEC));

    /** Of element 0 the table of what exporters have sent for all receivers, if there is one. */
    public static final MapDeclaration<ArrayOfMaps> TEMPLATES = declared(MapDeclaration.arrayOfMaps("TEMPLATES"));

    /** What addresses have in TEMPLATES and OPTIONS_TEMPLATES, by {@link NetflowShare#indexOf}. */
    public static final MapDeclaration<ArrayMap<NetflowShare>> NETFLOW_SHARES =
            declared(MapDeclaration.array("NETFLOW_SHARES", NetflowShare.CODEC));

    /** What is counted of a listener's exporters. */
    public static final MapDeclaration<PerCpuArrayMap<NetflowStats>> NETFLOW_STATS =
            declared(MapDeclaration.perCpuArray("NETFLOW_STATS", uf_netflow_stats.layout(), NetflowStats::sum)
                    .carriedOver());

    /** What is behind a veth, by its interface index. */
    public static final MapDeclaration<KeyedMap<Integer, PeerEntry>> PEERS =
            declared(MapDeclaration.keyed("PEERS", Codec.U32, PeerEntry.CODEC));

    /** The veths themselves, by interface index: the kernel takes one out that goes. */
    public static final MapDeclaration<KeyedMap<Integer, Integer>> PEER_DEVICES =
            declared(MapDeclaration.keyed("PEER_DEVICES", Codec.U32, Codec.U32));

    /** Of element 0 the table of flows, if there is one. */
    public static final MapDeclaration<ArrayOfMaps> FLOWS = declared(MapDeclaration.arrayOfMaps("FLOWS"));

    /** Some of those flows: the program's own. */
    public static final MapDeclaration<BpfMap> FLOW_SAMPLES = declared(MapDeclaration.ofProgram("FLOW_SAMPLES"));

    /** Of element 0 a number, another after each change of a flow or an endpoint that the program may have kept. */
    public static final MapDeclaration<ArrayMap<Long>> FLOW_CHANGES =
            declared(MapDeclaration.array("FLOW_CHANGES", Codec.U64));

    /** The endpoints that flows stay with, as elements of an endpoint table. */
    public static final MapDeclaration<KeyedMap<EndpointCounterKey, MemorySegment>> FLOW_ENDPOINTS =
            declared(MapDeclaration.keyed("FLOW_ENDPOINTS", EndpointCounterKey.CODEC, EndpointTable.ELEMENT_CODEC));

    /** Of element 0 what the program signs marks with. */
    public static final MapDeclaration<ArrayMap<Long>> MARK_SIGNATURE =
            declared(MapDeclaration.array("MARK_SIGNATURE", Codec.U64).carriedOver());

    /** Where the datagrams of each endpoint had been sent to. */
    public static final MapDeclaration<KeyedMap<OriginKey, OriginEntry>> ORIGINS =
            declared(MapDeclaration.keyed("ORIGINS", OriginKey.CODEC, OriginEntry.CODEC));

    /** Endpoints about which an ICMP error has said that nobody listens there, and when it did so first. */
    public static final MapDeclaration<KeyedMap<OriginKey, Long>> UNREACHABLE =
            declared(MapDeclaration.keyed("UNREACHABLE", OriginKey.CODEC, Codec.U64));

    /** Of element 0 what became of ICMP errors about datagrams that were sent to endpoints. */
    public static final MapDeclaration<PerCpuArrayMap<IcmpErrors>> ICMP_ERRORS =
            declared(MapDeclaration.perCpuArray("ICMP_ERRORS", uf_icmp_errors.layout(), IcmpErrors::sum));

    /** Datagrams of which fragments have come. */
    public static final MapDeclaration<BpfMap> FRAGMENTS = declared(MapDeclaration.ofProgram("FRAGMENTS"));

    /** Of element 0 what became of fragments that came before the one with the ports. */
    public static final MapDeclaration<PerCpuArrayMap<EarlyFragments>> EARLY_FRAGMENTS =
            declared(MapDeclaration.perCpuArray("EARLY_FRAGMENTS", uf_early_fragments.layout(), EarlyFragments::sum)
                    .carriedOver());

    /** How much is done for such fragments: the program's own. */
    public static final MapDeclaration<BpfMap> EARLY_BUDGETS = declared(MapDeclaration.ofProgram("EARLY_BUDGETS"));

    /** Replies of which fragments have come. */
    public static final MapDeclaration<BpfMap> REPLY_FRAGMENTS = declared(MapDeclaration.ofProgram("REPLY_FRAGMENTS"));

    /** The bridge of each port at which there are programs, both by their interface indexes. */
    public static final MapDeclaration<KeyedMap<Integer, Integer>> BRIDGE_PORTS =
            declared(MapDeclaration.keyed("BRIDGE_PORTS", Codec.U32, Codec.U32));

    /** Interfaces on which the same listeners wait, by their indexes: the group of each. */
    public static final MapDeclaration<KeyedMap<Integer, GroupedInterface>> INTERFACE_GROUPS =
            declared(MapDeclaration.keyed("INTERFACE_GROUPS", Codec.U32, GroupedInterface.CODEC));

    /** Interfaces that stand for one another when a source is judged: the number of the group of each. */
    public static final MapDeclaration<KeyedMap<Integer, Integer>> REVERSE_PATH_GROUPS =
            declared(MapDeclaration.keyed("REVERSE_PATH_GROUPS", Codec.U32, Codec.U32));

    /** The interfaces by which sources are right that are reached by a route with several next hops. */
    public static final MapDeclaration<KeyedMap<SourcePrefix, NextHops>> REVERSE_PATH_ROUTES =
            declared(MapDeclaration.keyed("REVERSE_PATH_ROUTES", SourcePrefix.CODEC, NextHops.CODEC));

    /** All of them. */
    public static final List<MapDeclaration<?>> ALL = Collections.unmodifiableList(DECLARED);

    private SharedMaps() {}

    private static <M> MapDeclaration<M> declared(MapDeclaration<M> declaration) {
        DECLARED.add(declaration);
        return declaration;
    }

    private static Void notSummed(MemorySegment perCpu, int cpus) {
        throw new UnsupportedOperationException("what a CPU has here is the program's own");
    }
}
