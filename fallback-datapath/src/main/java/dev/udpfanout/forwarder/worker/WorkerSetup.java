package dev.udpfanout.forwarder.worker;

import dev.udpfanout.forwarder.ForwarderConfig;
import io.netty.channel.IoEventLoop;

/**
 * What every worker is made of.
 *
 * @param number from 0
 * @param loop its event loop, nobody else's
 */
public record WorkerSetup(int number, IoEventLoop loop, ForwarderConfig config, ReceiveErrorLog errorLog) {}
