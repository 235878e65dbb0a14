package dev.udpfanout.loader.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.admin.AdminPages;
import dev.udpfanout.loader.admin.AdminServer;
import dev.udpfanout.loader.datapath.UserspaceDrops;
import dev.udpfanout.loader.metrics.DaemonMetrics;
import dev.udpfanout.loader.status.FixedView;
import dev.udpfanout.loader.status.Readiness;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

@Tag("unit")
class StatusCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int status(String... arguments) {
        return new CommandLine(new StatusCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    private int statusOf(FixedView view, String... more) {
        AdminPages pages = new AdminPages(
                view, UserspaceDrops.NONE, new DaemonMetrics(view), "/metrics", AdminPages.DEFAULT_ALIVE_LIMIT);
        try (AdminServer server =
                AdminServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), pages)) {
            String address = "--metrics=127.0.0.1:" + server.address().getPort();
            return more.length == 0 ? status(address) : status(address, more[0]);
        }
    }

    @Test
    void shouldPrintWhatTheDaemonDoes() {
        FixedView view = new FixedView();
        view.readiness = Readiness.notReady("no endpoints");

        assertEquals(ExitCode.OK, statusOf(view));

        String text = out.toString();
        for (String expected : new String[] {
            "udp-fanout 1.2.3, up ",
            ": NOT READY: no endpoints\n",
            "NOT IN FORCE (the previous one is)",
            "  config.yaml:7: listeners[0].bind: port 70000 is not in 1..65535\n",
            "health: by icmp, 2 endpoint(s), 1 down; probes: success 9, timeout 4\n",
            "kubernetes: NOT CONNECTED",
            "  failed to get Service logging/syslog: the server hangs up\n",
            "  vips       192.0.2.10\n",
            "flows: 40 of at most 65536, 7 expired, 2 evicted, 3 without room, 1 expected elsewhere\n",
            "repairs: program_reattached 2 (gone for at most 260 ms)\n",
            "listener syslog: 10.255.0.1:5514 on eth0, eth1 (NOT ATTACHED), tc_ebpf (configured), attached tcx ingress\n",
            "  ways       flannel.1 MTU 1450 (1 endpoint(s)), lo on this node (1 endpoint(s))\n",
            "  pods       straight into 1 on this node\n",
            "  pods       10.42.0.12 by the next hop: TCX program shaper on veth2 stands before it\n",
            "  IPsec      a policy is for an endpoint: the kernel's stack sends the datagrams on\n",
            "  NOT PUBLISHED to Kubernetes; the daemon's log says why\n",
            "  received   103 packets, 12360 bytes\n",
            "  dropped    no_endpoints 3\n",
            "  replied    90 packets, 9000 bytes\n",
            "  not replied fib_unreachable 4\n",
            "  copies     of one datagram in 10: 8 packets sent, fib_blackhole 1 dropped\n",
            "listener netflow: 10.255.0.1:2055 on dummy0, userspace (a \"verifier\" says no), NOT ATTACHED\n"
        }) {
            assertTrue(text.contains(expected), () -> expected + " is not in\n" + text);
        }
        assertTrue(
                text.lines()
                        .anyMatch(line -> line.matches("    last probe failed \\d+ (min|h|d) ago: no answer in time")),
                text);
        assertTrue(
                text.lines().anyMatch(line -> line.matches(" *10\\.42\\.0\\.12:5514 +down +no +40 +4000  pod-b")),
                text);
    }

    @Test
    void shouldPassTheJsonOnWhenAskedTo() {
        assertEquals(ExitCode.OK, statusOf(new FixedView(), "--json"));
        assertTrue(out.toString().startsWith("{\"version\":\"1.2.3\""), out.toString());
    }

    @Test
    void shouldSayWhomItCouldNotAsk() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }

        assertEquals(
                ExitCode.FAILED, status("--metrics", "127.0.0.1:" + port, "--pin-dir", "/sys/fs/bpf/udp-fanout-none"));
        assertTrue(err.toString().contains("nothing is pinned in /sys/fs/bpf/udp-fanout-none"), err.toString());
        assertTrue(
                err.toString().contains("no status from 127.0.0.1:" + port + ": Connection refused"), err.toString());
    }

    @Test
    void shouldRefuseAnAddressThatIsNone() {
        assertEquals(ExitCode.BAD_INPUT, status("--metrics", "nowhere"));
        assertTrue(err.toString().contains("--metrics: \"nowhere\" is not ADDRESS:PORT"), err.toString());
    }
}
