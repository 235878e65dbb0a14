package dev.udpfanout.loader.daemon;

import dev.udpfanout.loader.admin.AdminPages;
import dev.udpfanout.loader.admin.AdminServer;
import dev.udpfanout.loader.config.MetricsConfig;
import dev.udpfanout.loader.datapath.UserspaceDrops;
import dev.udpfanout.loader.metrics.DaemonMetrics;
import java.util.Optional;

/**
 * The server of metrics, health and status of the configuration in force, if it has one. Belongs to the control loop's
 * thread.
 */
final class ServedPages implements AutoCloseable {
    private final LiveView view;
    private final UserspaceDrops drops;
    private final DaemonMetrics metrics;
    private Optional<AdminServer> server = Optional.empty();

    ServedPages(LiveView view, UserspaceDrops drops, DaemonMetrics metrics) {
        this.view = view;
        this.drops = drops;
        this.metrics = metrics;
    }

    /**
     * Serves as configured from now on. The old address closes first: the new one may overlap it.
     *
     * @throws RuntimeException if the new address cannot be had: nothing is served then, and it can be tried again
     */
    void configure(MetricsConfig wanted) {
        close();
        if (wanted.enabled()) {
            AdminPages pages = new AdminPages(view, drops, metrics, wanted.path(), AdminPages.DEFAULT_ALIVE_LIMIT);
            server = Optional.of(AdminServer.start(wanted.bind(), pages));
        }
    }

    @Override
    public void close() {
        server.ifPresent(AdminServer::close);
        server = Optional.empty();
    }
}
