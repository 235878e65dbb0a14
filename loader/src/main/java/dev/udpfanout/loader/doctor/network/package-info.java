/** What the node's network has to be like: interfaces, addresses, forwarding. */
package dev.udpfanout.loader.doctor.network;
