package dev.udpfanout.loader.kubernetes.publish;

import dev.udpfanout.loader.kubernetes.api.ServiceName;
import dev.udpfanout.loader.kubernetes.watch.Outage;
import java.net.InetAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a publisher logs. Belongs to its thread. */
final class PublisherLog {
    private static final Logger LOG = LoggerFactory.getLogger(ReadinessPublisher.class);

    private final ServiceName service;
    private final int port;
    private final String slice;
    private final Outage outage = new Outage();

    PublisherLog(ServiceName service, int port, String slice) {
        this.service = service;
        this.port = port;
        this.slice = slice;
    }

    /** Nothing can be published, and why. */
    void hindered(String reason) {
        if (outage.isNews(reason, System.nanoTime())) {
            LOG.atWarn()
                    .addKeyValue("service", service)
                    .addKeyValue("port", port)
                    .addKeyValue("reason", reason)
                    .log("failed to publish this node's readiness, will retry");
        }
    }

    /** What other nodes have published is not to be had. */
    void blind() {
        LOG.atWarn()
                .addKeyValue("service", service)
                .log(
                        "cannot see which addresses other nodes have published: if one has the same, one of both gets no datagrams;"
                                + " give the role list and watch of endpointslices in this namespace, as in rbac.yaml");
    }

    /** The API server has it. */
    void published(Publication publication, boolean isNew) {
        boolean wasHindered = outage.end();
        if (!isNew && !wasHindered) {
            return;
        }
        if (publication.wish().needsPort() && publication.port().isEmpty()) {
            LOG.atInfo().addKeyValue("service", service).log("nothing to withdraw: no such Service");
            return;
        }
        LOG.atInfo()
                .addKeyValue("service", service)
                .addKeyValue("slice", slice)
                .addKeyValue(
                        "address",
                        publication.address().map(InetAddress::getHostAddress).orElse(""))
                .log("published: {}", publication.wish());
    }

    /** Somebody else has done something to the slice, which is undone. */
    void mended(String damage) {
        LOG.atWarn()
                .addKeyValue("service", service)
                .addKeyValue("slice", slice)
                .log("this node's EndpointSlice was {} by someone else; it is applied again", damage);
    }
}
