/** Addresses of interfaces: RTM_*ADDR of rtnetlink(7). */
package dev.udpfanout.bindings.rtnetlink.address;
