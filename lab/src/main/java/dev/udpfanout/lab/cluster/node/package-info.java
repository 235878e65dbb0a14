/**
 * Nodes of the lab's cluster: kube-proxy as it is shipped, and what a kubelet does for receivers and for the daemon.
 */
package dev.udpfanout.lab.cluster.node;
