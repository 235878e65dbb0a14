/** How each endpoint is reached: by which interface and next hop, and how large a packet may be on the way. */
package dev.udpfanout.loader.datapath.way;
