package dev.udpfanout.forwarder.counter;

/**
 * What is known and was counted of NetFlow v9 and IPFIX.
 *
 * @param exporters observation domains of exporters of which there are templates
 * @param templates that are remembered
 * @param evictions of templates for want of room
 * @param malformed messages whose lengths lie
 * @param copied messages of templates alone that were sent, each endpoint's
 * @param cut messages of the templates out of one with records that were sent
 * @param retold messages that were sent to endpoints that joined or came back
 */
public record NetflowCounters(
        long exporters, long templates, long evictions, long malformed, long copied, long cut, long retold) {
    public static final NetflowCounters ZERO = new NetflowCounters(0, 0, 0, 0, 0, 0, 0);

    public NetflowCounters plus(NetflowCounters other) {
        return new NetflowCounters(
                exporters + other.exporters,
                templates + other.templates,
                evictions + other.evictions,
                malformed + other.malformed,
                copied + other.copied,
                cut + other.cut,
                retold + other.retold);
    }
}
