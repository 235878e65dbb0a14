/** Whether the node's packet filters let datagrams through, and whether kube-proxy's rules translate them. */
package dev.udpfanout.loader.doctor.firewall;
