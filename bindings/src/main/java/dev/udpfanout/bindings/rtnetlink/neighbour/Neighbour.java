package dev.udpfanout.bindings.rtnetlink.neighbour;

import java.net.InetAddress;

/**
 * A host on a link, as ARP or neighbour discovery found it: ip-neighbour(8).
 *
 * @param linkIndex the link that it is on
 * @param address its address
 * @param hardwareAddress in lower-case hexadecimal, for example {@code 02:00:00:00:00:01}
 */
public record Neighbour(int linkIndex, InetAddress address, String hardwareAddress) {}
