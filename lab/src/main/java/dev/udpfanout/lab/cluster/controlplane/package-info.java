/**
 * A real control plane of Kubernetes in a network namespace: etcd, kube-apiserver and kube-controller-manager, and how
 * to ask it.
 */
package dev.udpfanout.lab.cluster.controlplane;
