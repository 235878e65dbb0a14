package dev.udpfanout.forwarder.worker;

import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.config.ReplyLimits;
import dev.udpfanout.forwarder.counter.DropSamples;
import dev.udpfanout.forwarder.netflow.TemplateJournal;
import dev.udpfanout.forwarder.spread.CopiedDatagrams;
import io.netty.channel.IoEventLoop;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * What every worker is made of.
 *
 * @param number from 0
 * @param loop its event loop, nobody else's
 * @param drops told of single datagrams that are dropped
 * @param listener the forwarder's name, for them
 * @param destination where it receives; empty if that is several addresses
 * @param copied what the forwarder's workers have copied
 * @param templates where templates outlive the forwarder, if they do
 * @param replies the worker's share of the bounds for replies, if there are to be any
 */
public record WorkerSetup(
        int number,
        IoEventLoop loop,
        ForwarderConfig config,
        ReceiveErrorLog errorLog,
        DropSamples drops,
        String listener,
        Optional<InetSocketAddress> destination,
        CopiedDatagrams copied,
        Optional<TemplateJournal> templates,
        Optional<ReplyLimits> replies) {
    DropNotes dropNotes() {
        return new DropNotes(drops, listener, destination, config.takesSources());
    }
}
