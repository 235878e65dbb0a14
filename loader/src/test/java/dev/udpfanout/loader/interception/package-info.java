/** On which interfaces the datagrams of Services come in. */
package dev.udpfanout.loader.interception;
