package dev.udpfanout.loader.datapath.kernel.frames;

import dev.udpfanout.bindings.abi.listener.ListenerPorts;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.libbpf.BpfProgram;
import dev.udpfanout.bindings.libbpf.BpfTestBench;
import dev.udpfanout.bindings.map.MapDeclaration;
import dev.udpfanout.bindings.map.PerCpuArrayMap;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.Prefix;
import dev.udpfanout.loader.config.reader.ConfigReader;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import dev.udpfanout.loader.datapath.network.Network;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/**
 * A node with listeners of both families on one interface, by which BPF_PROG_TEST_RUN is told to have frames come in.
 * One endpoint each, so that what becomes of a frame does not depend on those before it.
 */
public final class TestRunNode implements AutoCloseable {
    /** Verdicts of linux/pkt_cls.h. */
    static final int UNSPEC = -1;

    public static final int SHOT = 2;
    public static final int REDIRECT = 7;

    static final String ADDRESS = "192.0.2.1";
    static final String ADDRESS6 = "2001:db8:2::1";
    static final int PORT = 5514;
    static final int PORT_WITHOUT_ENDPOINTS = 5515;
    static final int ALLOWING_PORT = 5516;
    static final int OWN_PORT = 7000;
    static final int MTU = 1500;
    private static final int WIDE_MTU = 65_535;
    private static final String NIC = "eth0";
    private static final String LOOPBACK = "lo";

    private static final MapDeclaration<PerCpuArrayMap<Void>> ICMP_CPU_CREDIT = MapDeclaration.perCpuArray(
            "ICMP_CPU_CREDIT",
            MemoryLayout.structLayout(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG),
            (perCpu, cpus) -> null);

    private final Topology topology;
    private final String ingress;
    private final Link link;
    private final KernelProgram program;
    private final NodeDatapath datapath;
    private final FrameOracle oracle;
    private final List<ListenerConfig> listeners;

    private TestRunNode(Topology topology, String more, String ingress, int ingressMtu) {
        this.topology = topology;
        this.ingress = ingress;
        topology.node().exec("ip", "link", "set", ingress, "mtu", Integer.toString(ingressMtu));
        // Whom the frames come from, so that there is a way to answer them.
        topology.node().exec("ip", "route", "add", "default", "via", TopologyPlan.CLIENT_ADDRESS);
        topology.node().exec("ip", "-6", "route", "add", "default", "via", TopologyPlan.CLIENT_ADDRESS6);
        listeners = listeners(more);
        program = topology.node().call(() -> KernelProgram.load(KernelProgram.builtIn()));
        datapath = NodeDatapath.open(topology.node(), program, listeners.toArray(ListenerConfig[]::new));
        Map<InetSocketAddress, Optional<InetSocketAddress>> endpoints = new HashMap<>();
        Map<InetSocketAddress, List<Prefix>> allow = new HashMap<>();
        for (ListenerConfig listener : listeners) {
            boolean none = listener.name().startsWith("none");
            if (none) {
                datapath.apply(listener.id(), List.of());
            }
            allow.put(listener.bind(), listener.admission().allow());
            endpoints.put(
                    listener.bind(),
                    none
                            ? Optional.empty()
                            : Optional.of(
                                    listener.receivers().downstream().getFirst().address()));
        }
        Set<InetAddress> own = topology.node().call(() -> {
            try (Network network = Network.open()) {
                return network.addresses().all().stream()
                        .map(address -> address.address())
                        .filter(address -> !address.isLoopbackAddress())
                        .collect(Collectors.toSet());
            }
        });
        link = topology.node().call(() -> {
            try (Network network = Network.open()) {
                return network.links().byName(ingress).orElseThrow();
            }
        });
        oracle = new FrameOracle(endpoints, allow, own, MTU, ingressMtu > MTU, ingress.equals(LOOPBACK));
    }

    /** What it listens to, with one more key and value for each. */
    List<ListenerConfig> listeners(String more) {
        String yaml = """
                listeners:
                  - { name: exact, interface: NIC, bind: "192.0.2.1:5514", downstream: [ { address: "10.42.0.11:40514" } ] }
                  - { name: own, interface: NIC, bind: "0.0.0.0:7000", downstream: [ { address: "10.42.0.11:40515" } ] }
                  - { name: none, interface: NIC, bind: "192.0.2.1:5515", downstream: [ { address: "10.42.0.11:1" } ] }
                  - { name: exact6, interface: NIC, bind: "[2001:db8:2::1]:5514",
                      downstream: [ { address: "[2001:db8:42::11]:40514" } ] }
                  - { name: own6, interface: NIC, bind: "[::]:7000",
                      downstream: [ { address: "[2001:db8:42::11]:40515" } ] }
                  - { name: none6, interface: NIC, bind: "[2001:db8:2::1]:5515",
                      downstream: [ { address: "[2001:db8:42::11]:1" } ] }
                  - { name: allowing, interface: NIC, bind: "192.0.2.1:5516", allow: [ 203.0.113.8/30, 203.0.113.17 ],
                      downstream: [ { address: "10.42.0.11:40516" } ] }
                  - { name: allowing6, interface: NIC, bind: "[2001:db8:2::1]:5516",
                      allow: [ "2001:db8:5::8/125", "2001:db8:5::17", "2001:db8:6::/48" ],
                      downstream: [ { address: "[2001:db8:42::11]:40516" } ] }
                """;
        yaml = yaml.replace("NIC", ingress).replace(" } ] }", " } ], " + more + " }");
        try {
            return new ConfigReader(name -> true).parse(yaml, "test").listeners();
        } catch (InvalidConfigException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static TestRunNode open() {
        return open("policy: round_robin");
    }

    /** As above, with one more key and value for each listener. */
    static TestRunNode open(String more) {
        return open(more, NIC, MTU);
    }

    /** As {@link #open()}, but larger packets come in than fit the ways: fragments go through the stack. */
    static TestRunNode openWithWideIngress() {
        return open("policy: round_robin", NIC, WIDE_MTU);
    }

    /** As {@link #open()}, but nothing goes the short way of plain datagrams: the ports of listeners are not known. */
    static TestRunNode openTheLongWay() {
        TestRunNode node = open();
        node.call(() -> {
            node.program.map(SharedMaps.LISTENER_PORTS).put(0, new ListenerPorts(0, Set.of()));
            return null;
        });
        return node;
    }

    /** As {@link #open()}, but a rule looks at the source, so that ways are kept by client. */
    static TestRunNode openWithRuleForSources() {
        TestRunNode node = open();
        node.topology.node().exec("ip", "rule", "add", "from", "198.18.0.0/15", "lookup", "main", "pref", "100");
        node.topology.node().exec("ip", "-6", "rule", "add", "from", "2001:2::/48", "lookup", "main", "pref", "100");
        node.datapath.reconcile();
        return node;
    }

    /** As {@link #open(String)}, but frames come from the node itself. */
    static TestRunNode openOnLoopback(String more) {
        return open(more, LOOPBACK, WIDE_MTU);
    }

    private static TestRunNode open(String more, String ingress, int ingressMtu) {
        Topology topology = Topology.builder().pods(1).ipv6(true).build();
        try {
            return new TestRunNode(topology, more, ingress, ingressMtu);
        } catch (RuntimeException e) {
            topology.close();
            throw e;
        }
    }

    /** Runs a program on frames that come in by the listeners' interface. */
    BpfTestBench bench(BpfProgram of) {
        return new BpfTestBench(of).on(link.index(), HexFormat.ofDelimiter(":").parseHex(link.hardwareAddress()));
    }

    KernelProgram program() {
        return program;
    }

    NodeDatapath datapath() {
        return datapath;
    }

    FrameOracle oracle() {
        return oracle;
    }

    int id(String listener) {
        return listeners.stream()
                .filter(each -> each.name().equals(listener))
                .findFirst()
                .orElseThrow()
                .id();
    }

    /** Has the program answer as many senders as at the beginning. Peers that were answered stay known. */
    void renewIcmpCredit() {
        program.map(ICMP_CPU_CREDIT).clear(0);
    }

    /** Where frames go, to listeners and beside them. */
    List<InetSocketAddress> destinations() {
        List<InetSocketAddress> destinations = new ArrayList<>();
        for (int port :
                new int[] {PORT, PORT, OWN_PORT, OWN_PORT, PORT_WITHOUT_ENDPOINTS, ALLOWING_PORT, ALLOWING_PORT, 53}) {
            for (String address : new String[] {
                ADDRESS,
                "192.0.2.2",
                TopologyPlan.NODE_ADDRESS,
                "10.42.0.11",
                "224.0.0.1",
                ADDRESS6,
                "2001:db8:2::2",
                TopologyPlan.NODE_ADDRESS6,
                "2001:db8:42::11",
                "ff02::1"
            }) {
                destinations.add(new InetSocketAddress(address, port));
            }
        }
        // Twice as often where a listener is as anywhere else.
        for (int i = destinations.size() / 4; i > 0; i--) {
            for (String address : new String[] {ADDRESS, ADDRESS6}) {
                destinations.add(new InetSocketAddress(address, PORT));
            }
            for (String address : new String[] {TopologyPlan.NODE_ADDRESS, TopologyPlan.NODE_ADDRESS6}) {
                destinations.add(new InetSocketAddress(address, OWN_PORT));
            }
        }
        return destinations;
    }

    /** Where frames come from, rightly or not. */
    List<InetAddress> sources() {
        List<InetAddress> sources = new ArrayList<>();
        for (int i = 1; i < 20; i++) {
            sources.add(InetAddress.ofLiteral("203.0.113." + i));
            sources.add(InetAddress.ofLiteral("2001:db8:5::" + i));
        }
        for (String odd : new String[] {
            TopologyPlan.NODE_ADDRESS,
            ADDRESS,
            ADDRESS6,
            "0.0.0.0",
            "127.0.0.1",
            "224.0.0.1",
            "255.255.255.255",
            TopologyPlan.NODE_ADDRESS6,
            "::",
            "::1",
            "ff02::1",
            "fe80::1"
        }) {
            sources.add(InetAddress.ofLiteral(odd));
        }
        return sources;
    }

    /** Runs code in the node's namespace. */
    <T> T call(Callable<T> code) {
        return topology.node().call(code, java.time.Duration.ofHours(1));
    }

    void run(Runnable code) {
        call(() -> {
            code.run();
            return null;
        });
    }

    @Override
    public void close() {
        topology.close();
    }
}
