/** Connection tracking: the kernel's table of who sends to whom, and what NAT makes of it, over ctnetlink. */
package dev.udpfanout.bindings.conntrack;
