/**
 * Keeps connection tracking out of a listener's way: an entry from before the listener, or from before kube-proxy's
 * rules for it, leads a sender past both for as long as the sender goes on.
 */
package dev.udpfanout.loader.datapath.conntrack;
