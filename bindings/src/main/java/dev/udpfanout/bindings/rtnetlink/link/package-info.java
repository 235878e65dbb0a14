/** Network interfaces: RTM_*LINK of rtnetlink(7), with the IPv4 settings that the kernel keeps for each. */
package dev.udpfanout.bindings.rtnetlink.link;
