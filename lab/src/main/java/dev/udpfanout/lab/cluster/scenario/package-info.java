/** What happens to a cluster while datagrams are under way, and what is lost of them. */
package dev.udpfanout.lab.cluster.scenario;
