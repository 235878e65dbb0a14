package dev.udpfanout.loader.status;

import java.net.InetAddress;
import java.util.Optional;

/**
 * What a listener has published of this node.
 *
 * @param upToDate whether Kubernetes has what is to be said
 * @param address what was published last as the place to send datagrams to; empty if nothing was
 */
public record PublicationStatus(boolean upToDate, Optional<InetAddress> address) {}
