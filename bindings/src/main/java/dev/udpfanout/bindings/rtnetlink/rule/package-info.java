/** Policy rules: {@code RTM_*RULE} of rtnetlink(7), ip-rule(8). */
package dev.udpfanout.bindings.rtnetlink.rule;
