package dev.udpfanout.loader.daemon;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.InvalidConfigException;
import dev.udpfanout.loader.config.reader.ConfigReader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When a daemon that stops tells Kubernetes so. */
@Tag("unit")
class DepartureTest {
    private final RecordingDatapath datapath = new RecordingDatapath();

    private static Config config(String onExit) throws InvalidConfigException {
        return new ConfigReader(name -> true).parse("""
                on_exit: %s
                listeners:
                  - name: syslog
                    bind: "10.255.0.1:5514"
                    interface: dummy0
                    kubernetes: { service: syslog-receivers, port: 5514 }
                    publish: { service: syslog }
                """.formatted(onExit), "config.yaml");
    }

    @Test
    void shouldStayPublishedWhenTheKernelForwardsOnAndKubeProxyWouldDrop() throws InvalidConfigException {
        assertFalse(Departure.isAnnounced(config("keep"), datapath, () -> false));
    }

    @Test
    void shouldAnnounceWhenKubeProxyServesTerminatingEndpoints() throws InvalidConfigException {
        assertTrue(Departure.isAnnounced(config("keep"), datapath, () -> true));
    }

    @Test
    void shouldAnnounceWithoutAskingWhenTheDatapathIsTakenAway() throws InvalidConfigException {
        assertTrue(Departure.isAnnounced(config("detach"), datapath, () -> fail("asked")));
    }

    @Test
    void shouldAnnounceWithoutAskingWhenTheKernelDoesNotForward() throws InvalidConfigException {
        datapath.attached = false;
        assertTrue(Departure.isAnnounced(config("keep"), datapath, () -> fail("asked")));
    }
}
