/** How the daemon gets datagrams to pods of its node: {@code local_delivery}. */
package dev.udpfanout.loader.daemon.delivery;
