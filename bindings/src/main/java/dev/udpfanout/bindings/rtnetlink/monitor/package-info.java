/** Changes of the network's configuration, as the kernel reports them: the multicast groups of rtnetlink(7). */
package dev.udpfanout.bindings.rtnetlink.monitor;
