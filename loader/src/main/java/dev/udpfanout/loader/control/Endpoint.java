package dev.udpfanout.loader.control;

import java.net.InetSocketAddress;

/**
 * One receiver.
 *
 * @param name for people and metrics
 * @param address its address and UDP port
 */
public record Endpoint(String name, InetSocketAddress address) {}
