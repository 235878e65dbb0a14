/** {@code make cluster-test}: udp-fanout on real Kubernetes, beside kube-proxy alone. */
package dev.udpfanout.lab.cluster;
