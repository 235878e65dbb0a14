package dev.udpfanout.lab.kernels;

import dev.udpfanout.lab.Bpffs;
import dev.udpfanout.lab.RootPrivilege;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs every scenario on the running kernel, in namespaces of its own, and prints a line for each:
 * {@code RESULT name PASS|FAIL seconds detail}. The last line is {@code DONE passed failed}. Exits with 1 if one failed.
 */
public final class KernelScenarios {
    private KernelScenarios() {}

    /**
     * @param arguments the daemon's {@code bin/udp-fanout}; then, for a self-test, {@code --without-daemon}: scenarios run, and
     *     must fail, with no daemon started
     */
    public static void main(String[] arguments) {
        if (arguments.length == 0 || arguments.length > 2) {
            System.err.println("usage: KernelScenarios BIN/UDP-FANOUT [--without-daemon]");
            System.exit(2);
        }
        RootPrivilege.require();
        Bpffs.ensure();
        boolean withDaemon = arguments.length == 1;
        int failed = 0;
        List<Scenario> scenarios = scenarios(Path.of(arguments[0]), withDaemon);
        for (Scenario scenario : scenarios) {
            long began = System.nanoTime();
            Outcome outcome = outcome(scenario);
            failed += outcome.passed() ? 0 : 1;
            System.out.println("RESULT " + scenario.name() + (outcome.passed() ? " PASS " : " FAIL ")
                    + (System.nanoTime() - began) / 1_000_000_000 + " " + outcome.detail());
        }
        System.out.println("DONE " + (scenarios.size() - failed) + " " + failed);
        System.exit(failed == 0 ? 0 : 1);
    }

    private static Outcome outcome(Scenario scenario) {
        try {
            return scenario.run();
        } catch (Exception e) {
            return new Outcome(false, String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
        }
    }

    private static List<Scenario> scenarios(Path daemon, boolean withDaemon) {
        List<Scenario> scenarios = new ArrayList<>();
        scenarios.add(new UnsteeredScenario());
        for (boolean ipv6 : new boolean[] {false, true}) {
            for (WayIn way : List.of(WayIn.DUMMY_INGRESS, WayIn.DUMMY_EGRESS, WayIn.NIC, WayIn.USERSPACE)) {
                scenarios.add(new DeliveryScenario(daemon, withDaemon, way, ipv6));
            }
        }
        for (WayIn way : List.of(WayIn.DUMMY_PEER, WayIn.NIC_PEER)) {
            scenarios.add(new DeliveryScenario(daemon, withDaemon, way, false));
        }
        scenarios.add(new VlanScenario(daemon, withDaemon));
        for (WayIn way : List.of(WayIn.IO_URING, WayIn.EPOLL, WayIn.NIO)) {
            scenarios.add(new TransportScenario(daemon, withDaemon, way));
        }
        scenarios.add(new RefusedBpfScenario(daemon, withDaemon));
        scenarios.add(new TakeoverScenario(daemon, withDaemon));
        return scenarios;
    }
}
