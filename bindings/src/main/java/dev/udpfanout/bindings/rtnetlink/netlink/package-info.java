/**
 * Messages and their attributes, byte by byte, and the descriptor that carries them: netlink(7). Knows nothing of what
 * they are about. Native memory is seen here, so no other module uses this package.
 */
package dev.udpfanout.bindings.rtnetlink.netlink;
