package dev.udpfanout.lab.kernels;

import dev.udpfanout.lab.Bpffs;
import dev.udpfanout.lab.RootPrivilege;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs every scenario on the running kernel, in namespaces of its own, and prints a line for each check: {@code RESULT
 * name PASS|FAIL seconds detail}. The last line is {@code DONE passed failed}. Exits with 1 if one failed.
 */
public final class KernelScenarios {
    private static final String ONLY = "--only=";

    private KernelScenarios() {}

    /**
     * @param arguments the daemon's {@code bin/udp-fanout}; then, for a self-test, {@code --without-daemon}: scenarios
     *     run, and must fail, with no daemon started; or {@code --only=NAME,...}: no others than those
     */
    public static void main(String[] arguments) {
        String option = arguments.length == 2 ? arguments[1] : "";
        boolean isStarted = !option.equals("--without-daemon");
        if (arguments.length == 0
                || arguments.length > 2
                || (isStarted && !option.isEmpty() && !option.startsWith(ONLY))) {
            System.err.println("usage: KernelScenarios BIN/UDP-FANOUT [--without-daemon | --only=NAME,...]");
            System.exit(2);
        }
        RootPrivilege.require();
        Bpffs.ensure();
        Daemon daemon = new Daemon(Path.of(arguments[0]), isStarted);
        CheckReport report = new CheckReport();
        List<Scenario> scenarios = scenarios(daemon, transports(daemon, report));
        for (Scenario scenario :
                option.startsWith(ONLY) ? only(scenarios, option.substring(ONLY.length())) : scenarios) {
            try {
                scenario.run(report);
            } catch (Exception e) {
                report.add(scenario.name(), CheckReport.failed(e));
            }
        }
        System.out.println("DONE " + report.passed() + " " + report.failed());
        System.exit(report.failed() == 0 ? 0 : 1);
    }

    /** @throws IllegalArgumentException if a name is that of no scenario: a check that was asked for is not left out */
    private static List<Scenario> only(List<Scenario> scenarios, String names) {
        return Stream.of(names.split(","))
                .map(name -> scenarios.stream()
                        .filter(scenario -> scenario.name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("no scenario is named " + name + ", but "
                                + scenarios.stream().map(Scenario::name).toList())))
                .toList();
    }

    /** Those that this kernel has; for a self-test all. */
    private static List<WayIn> transports(Daemon daemon, CheckReport report) {
        if (!daemon.isStarted()) {
            return Probe.TRANSPORTS;
        }
        Probe probe = Probe.of(daemon);
        report.add("probe", probe.verified());
        return Probe.TRANSPORTS.stream().filter(probe::isPresent).toList();
    }

    private static List<Scenario> scenarios(Daemon daemon, List<WayIn> transports) {
        List<Listener> egress = Listener.ofBothFamilies(WayIn.DUMMY_EGRESS);
        List<Scenario> scenarios = new ArrayList<>();
        scenarios.add(new UnsteeredScenario());
        scenarios.add(atIngress(daemon));
        scenarios.add(new DeliveryScenario(daemon, "egress", egress, egress));
        scenarios.add(inUserSpace(daemon, transports));
        Probe.TRANSPORTS.stream()
                .filter(transport -> !transports.contains(transport))
                .forEach(transport -> scenarios.add(new RefusedTransportScenario(daemon, transport)));
        scenarios.add(new RefusedBpfScenario(daemon));
        scenarios.add(new TakeoverScenario(daemon));
        scenarios.add(new TraceScenario(daemon));
        scenarios.add(new DifferentialScenario(daemon, "vxlan", "dummy0-ingress,nic"));
        scenarios.add(new DifferentialScenario(daemon, "ipip", "dummy0-egress,vip-direct,user-space"));
        return scenarios;
    }

    private static Scenario atIngress(Daemon daemon) {
        List<Listener> listeners = new ArrayList<>(Listener.ofBothFamilies(
                WayIn.DUMMY_INGRESS, WayIn.NIC, WayIn.VLAN, WayIn.DUMMY_REPLIES, WayIn.NIC_REPLIES, WayIn.NIC_TO_VLAN));
        Stream.of(WayIn.NIC_MIRROR, WayIn.DUMMY_PEER, WayIn.NIC_PEER)
                .forEach(way -> listeners.add(new Listener(way, false)));
        return new DeliveryScenario(
                daemon, "ingress", listeners, Listener.ofBothFamilies(WayIn.DUMMY_INGRESS, WayIn.NIC));
    }

    private static Scenario inUserSpace(Daemon daemon, List<WayIn> transports) {
        List<Listener> listeners = new ArrayList<>(Listener.ofBothFamilies(WayIn.USERSPACE, WayIn.USERSPACE_REPLIES));
        transports.forEach(transport -> listeners.add(new Listener(transport, false)));
        return new DeliveryScenario(daemon, "userspace", listeners, List.of());
    }
}
