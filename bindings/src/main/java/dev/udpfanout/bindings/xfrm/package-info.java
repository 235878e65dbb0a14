/** IPsec policies, as the kernel has them: ip-xfrm(8). */
package dev.udpfanout.bindings.xfrm;
