package dev.udpfanout.loader.kubernetes.publish;

import java.net.InetAddress;
import java.util.Optional;

/**
 * How a publisher is doing.
 *
 * @param published whether the API server has what was last asked for
 * @param ready whether that is that this node is ready
 * @param address what was last published as the place to send datagrams to
 * @param applied how often the slice was applied or deleted
 * @param errors how often that failed
 * @param mended how often it was because someone else had changed or deleted the slice
 */
public record PublisherState(
        boolean published, boolean ready, Optional<InetAddress> address, long applied, long errors, long mended) {}
