/** All maps that the daemon and the kernel program share, each declared once. */
package dev.udpfanout.bindings.abi.maps;
