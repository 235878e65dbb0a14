/** eBPF objects, programs, maps and their attachment by TCX or clsact, over libbpf and bpf(2). */
package dev.udpfanout.bindings.libbpf;
