/** What replies need: flows, and the endpoints that flows stay with. */
package dev.udpfanout.bindings.abi.flow;
