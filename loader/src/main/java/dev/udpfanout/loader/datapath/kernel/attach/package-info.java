/**
 * Programs on the hooks of interfaces: by TCX or clsact, pinned, changed without a gap, found again and taken off after
 * a crash.
 */
package dev.udpfanout.loader.datapath.kernel.attach;
