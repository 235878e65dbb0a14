package dev.udpfanout.loader.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.lab.differential.Differential;
import dev.udpfanout.loader.cli.Distribution;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A part of {@code make differential}, with each kind of network and each way in: nothing is worse than kube-proxy
 * alone.
 */
@Tag("kernel")
class DifferentialTest {
    @TempDir
    private Path logs;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "flat          | client,remote-pod | dummy0-egress,user-space",
                "flat          | receiver          | user-space",
                "vxlan         | client,pod        | dummy0-ingress,nic",
                "vxlan-ipv6    | client            | vip-direct",
                "pod-mtu       | client            | nic",
                "mtu-lock      | client            | user-space",
                "router        | client            | dummy0-ingress,vip-direct",
                "router        | client            | user-space",
                "router-ipv6   | client            | nic,user-space",
                "drop-nft      | client            | dummy0-ingress",
                "drop-nftables | client            | dummy0-egress",
                "tracked       | client            | dummy0-ingress",
                "rp-filter-1   | client            | nic",
                "bridge-nf-ipv6 | pod              | nic",
            })
    void shouldDeliverWhatKubeProxyDeliversWhenTheNetworkIsAsOnRealNodes(String network, String senders, String ways) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        int exitCode = Differential.run(
                new PrintStream(text, true, StandardCharsets.UTF_8),
                "--daemon",
                Distribution.command(),
                "--sample",
                "--details",
                "--logs",
                logs.toString(),
                "--networks",
                network,
                "--senders",
                senders,
                "--ways",
                ways);
        assertEquals(0, exitCode, () -> text.toString(StandardCharsets.UTF_8));
    }
}
