/** On which interfaces the datagrams of Services come in: found by what the kernel has, and followed. */
package dev.udpfanout.loader.interception;
