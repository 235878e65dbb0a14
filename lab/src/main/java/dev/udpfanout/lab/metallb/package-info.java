/** What of MetalLB's layer 2 mode can do without Kubernetes: who of the nodes has a VIP, and who of them is alive. */
package dev.udpfanout.lab.metallb;
