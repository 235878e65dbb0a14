package dev.udpfanout.forwarder.worker;

import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.config.ReplyLimits;
import io.netty.channel.IoEventLoop;
import java.util.Optional;

/**
 * What every worker is made of.
 *
 * @param number from 0
 * @param loop its event loop, nobody else's
 * @param replies the worker's share of the bounds for replies, if there are to be any
 */
public record WorkerSetup(
        int number,
        IoEventLoop loop,
        ForwarderConfig config,
        ReceiveErrorLog errorLog,
        Optional<ReplyLimits> replies) {}
