/** Tables of iptables-legacy, as the kernel gives them to whoever asks; nothing here changes them. */
package dev.udpfanout.bindings.xtables;
