/** Qdiscs and classifiers of traffic control: RTM_*QDISC and RTM_*TFILTER of rtnetlink(7), for tc-bpf(8). */
package dev.udpfanout.bindings.rtnetlink.tc;
