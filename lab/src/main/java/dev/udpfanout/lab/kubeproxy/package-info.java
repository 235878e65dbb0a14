/** kube-proxy's iptables rules, written in the layout of its iptables mode. */
package dev.udpfanout.lab.kubeproxy;
