/** Which datagrams are let in: allowed sources and rates. */
package dev.udpfanout.bindings.abi.admission;
