package dev.udpfanout.loader.interception;

import dev.udpfanout.loader.config.InterfaceRole;

/**
 * An interface on which the datagrams of Services come in.
 *
 * @param role what comes in by it
 * @param ifindex its number
 * @param name its name
 * @param bridgeIfindex of the bridge that it is a port of, if the program is to be on the port; 0 if not
 * @param reason why it is one of these, for people: {@code "default route"}
 */
public record FoundInterface(InterfaceRole role, int ifindex, String name, int bridgeIfindex, String reason) {}
