/** The datapath in the kernel, put together from its program, its maps and the hooks that the program is on. */
package dev.udpfanout.loader.datapath.kernel;
