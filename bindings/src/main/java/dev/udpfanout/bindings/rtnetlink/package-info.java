/**
 * The kernel's network configuration, asked and changed without a process: rtnetlink(7). Here is the socket and how a
 * request gets its answer. What is asked has a package of its own: {@code link}, {@code address}, {@code route},
 * {@code neighbour} (bridges' forwarding entries too), {@code tc} (qdiscs and filters); {@code monitor} reports
 * changes. {@code netlink} is what they all are written in, and stays inside this module.
 */
package dev.udpfanout.bindings.rtnetlink;
