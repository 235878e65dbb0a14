/** {@code make fuzz}: what reads what others write, under whatever a fuzzer guided by coverage thinks of. */
package dev.udpfanout.loader.fuzz;
