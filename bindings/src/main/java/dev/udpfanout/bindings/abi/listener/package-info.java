/** Who is listened for: a listener's key, value and name, the node's own addresses, mirrors. */
package dev.udpfanout.bindings.abi.listener;
