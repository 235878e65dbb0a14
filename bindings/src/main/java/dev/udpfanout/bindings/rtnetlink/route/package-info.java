/** Routes: RTM_*ROUTE of rtnetlink(7). */
package dev.udpfanout.bindings.rtnetlink.route;
