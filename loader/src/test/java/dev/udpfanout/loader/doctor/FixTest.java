package dev.udpfanout.loader.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the command does, and how it exits, where a dead daemon has left its programs; sysctls and interfaces are in
 * {@link FaultTest}.
 */
@Tag("kernel")
class FixTest {
    @TempDir
    private Path directory;

    @BeforeEach
    void skipWhatIsNotWanted() {
        assumeTrue(Selection.isWanted("the daemon is dead") && Selection.isOf(WayIn.DUMMY_INGRESS));
    }

    private static void send(DatagramChannel client) {
        try {
            client.write(ByteBuffer.wrap(new byte[Long.BYTES]));
        } catch (PortUnreachableException e) {
            // The answer to the one before.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A daemon that is alive deletes such entries by itself. */
    @Test
    void shouldDeleteWhatConnectionTrackingHasFromBeforeSoThatTheSendersDatagramsArrive() throws IOException {
        try (DoctorLab lab = new DoctorLab(directory, WayIn.DUMMY_INGRESS)) {
            lab.killDaemon();
            KubeProxy kubeProxy = new KubeProxy(lab.lab().topology());
            kubeProxy.load(KubeProxyRules.labService(
                    Family.IPV4.vip, ExternalTrafficPolicy.LOCAL, List.of(new InetSocketAddress(Family.IPV4.pod, 9))));
            DatagramChannel client = lab.lab().topology().client().call(() -> DatagramChannel.open()
                    .connect(Family.IPV4.vip));
            send(client);
            assertTrue(BoundedWait.until(
                    () -> lab.examine().stream().map(Diagnosis::check).anyMatch("conntrack_stale"::equals),
                    DoctorLab.LIMIT));
            kubeProxy.replaceRules(List.of(Family.IPV4.rules()));

            LabProcess fixing =
                    lab.command("doctor", "--config", lab.lab().config().toString(), "--fix", "--yes");
            assertEquals(1, fixing.awaitExit(DoctorLab.LIMIT), () -> String.join("\n", fixing.lines()));
            String text = String.join("\n", fixing.lines());
            assertTrue(text.contains("done: delete the entries of connection tracking"), text);
            long before = lab.lab().received();
            assertTrue(
                    BoundedWait.until(
                            () -> {
                                send(client);
                                return lab.lab().received() > before;
                            },
                            DoctorLab.LIMIT),
                    text);
            client.close();
        }
    }

    @Test
    void shouldExitWith1WhileADeadDaemonsProgramsForwardAndWith2WhenNothingIsAttached() throws IOException {
        try (DoctorLab lab = new DoctorLab(directory, WayIn.DUMMY_INGRESS)) {
            assertEquals(0, exitCode(lab));
            lab.killDaemon();
            assertEquals(1, exitCode(lab));
            Pins.removeAll(lab.lab().pins());
            assertEquals(2, exitCode(lab));
        }
    }

    private static int exitCode(DoctorLab lab) {
        return lab.command("doctor", "--config", lab.lab().config().toString()).awaitExit(DoctorLab.LIMIT);
    }
}
