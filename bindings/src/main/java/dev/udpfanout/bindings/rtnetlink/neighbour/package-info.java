/** Who is behind a link: neighbours (ARP, NDP) and bridges' forwarding entries, both RTM_GETNEIGH of rtnetlink(7). */
package dev.udpfanout.bindings.rtnetlink.neighbour;
